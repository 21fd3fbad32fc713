"""Plans: any set of changes shown before it is made, kept for some days, and carried out if nothing has changed."""
