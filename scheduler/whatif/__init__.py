"""What if: a host less, more of a service, a host more. Reckoned when somebody asks, kept for a few seconds."""
