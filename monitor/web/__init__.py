"""The pages people open in a browser, and the server that serves them.

Decides how a page looks and whether a link or a form is valid; what is answered goes to the desk.
Changes nothing on a GET and never stops the service. The only user of FastAPI and uvicorn.
"""
