"""The demo company: plain functions outside of the registry, loaded on demand."""
