"""The pages people open in a browser. The only user of FastAPI, Jinja2 and uvicorn."""
