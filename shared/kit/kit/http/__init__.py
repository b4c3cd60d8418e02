"""HTTP around the cores: authentication, checks of requests, answers, and errors as problem details."""
