"""An empty FastAPI endpoint, served as our services are: the limit that ticket creation is held against."""

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.post("/", status_code=201)
async def nothing() -> dict[str, str]:
    return {}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), http="httptools", loop="uvloop", access_log=False, log_level="warning")
