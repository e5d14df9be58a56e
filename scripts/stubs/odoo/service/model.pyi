PG_CONCURRENCY_EXCEPTIONS_TO_RETRY: tuple[type[Exception], ...]
