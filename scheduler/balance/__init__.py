"""Rebalancing without being asked each time: what a project's owners say of it; controllers/rebalances.py does it."""
