from . import auth, system
