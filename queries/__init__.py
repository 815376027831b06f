"""What people ask: one module a question, and the evaluation of the answers."""
