"""The hands of Orchestra: for every host it holds, an agent makes the engine match the rows.

observe (engine to facts), plan (facts and wishes to steps, pure), apply (do the steps). Before: binding by the
scheduler. After: transitions. Nothing here decides what should exist or where.
"""
