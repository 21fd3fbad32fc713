"""The embedded PostgreSQL: the database of an installation that names none.

`orchestra.database` is also a Django database backend (see base.py) that starts the server when it is needed.
"""
