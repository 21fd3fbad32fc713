"""What stands behind `manage.py up`: look before leaping, the engine of this machine, and the children's supervisor."""
