"""Matrix, by the admin interface of Synapse. The README beside this file says what it does, and what it cannot do."""
