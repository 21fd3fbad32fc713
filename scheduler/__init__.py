"""What decides: where containers go, when they are tried again, which hosts are lost."""
