"""The command's own subcommands, a module for each family; `register(app)` adds them."""
