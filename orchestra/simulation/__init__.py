"""A made-up installation for demonstrations and load tests: fake engines behind everything that is real.

`manage.py simulate` runs it from a database of its own. made_up.py and trace.py say what there is, world.py is the
fake hosts and what happens to them, wishes.py is what operators do.
"""
