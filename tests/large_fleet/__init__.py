"""A large fleet in rows, made in one go by SQL, and a writer that changes it as agents and the scheduler would.

No engine stands behind these hosts (fake://): only a web process may run beside them.
"""
