"""A FastAPI service that verifies the same access tokens, carries traceparent and measures itself."""
import os
import time

import jwt
import uvicorn
from fastapi import FastAPI, Request, Response
from prometheus_client import Histogram

app = FastAPI()
seconds = Histogram("http_request_seconds", "Time to answer", ["route", "status"])
with open(os.environ["PUBLIC_KEY_FILE"], "rb") as file:
    public_key = file.read()


@app.middleware("http")
async def edge(request: Request, call_next):
    started = time.perf_counter()
    token = request.headers.get("authorization", "")[7:]
    try:
        claims = jwt.decode(
            token,
            public_key,
            algorithms=["RS256"],
            audience="daftari-api",
            issuer=os.environ["ISSUER"],
            leeway=30,
        )
    except jwt.PyJWTError:
        return Response(status_code=401)
    request.state.claims = claims
    response = await call_next(request)
    response.headers["traceparent"] = request.headers.get("traceparent", "")
    seconds.labels("/hello", "200").observe(time.perf_counter() - started)
    return response


@app.get("/hello")
async def hello(request: Request):
    return {"tenantId": request.state.claims["tid"], "role": request.state.claims["role"]}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error")
