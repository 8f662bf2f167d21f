"""How it answers: evidence, backends, citations and what it cost."""
