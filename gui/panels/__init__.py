"""The window's three parts: who is there, the call, and why it is safe. They paint a `ViewState` and emit intents."""
