"""The pages: rendered by the server, in French and in English, whole without JavaScript."""
