"""HTTP around the cores: who asks, what may be asked, how it is answered, and errors as problem details."""
