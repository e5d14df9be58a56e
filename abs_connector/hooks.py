"""What a fresh install does; the migrations share these functions."""


def post_init_hook(env):
    """Bring a fresh database to the state that the migrations reach (SPEC 1, 16)."""
