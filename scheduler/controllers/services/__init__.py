"""Services: which slots should exist, and the one budgeted replacement of what is in them, whatever the cause."""
