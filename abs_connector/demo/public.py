"""The secrets of the demo, which are public: only ever with the demo."""

PASSWORD = "demo-Pass-2026"
API_KEY = "abs-demo-key"
