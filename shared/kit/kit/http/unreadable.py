"""Answers what isn't HTTP, or has an unknown method, with a problem."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kit.http.problems import TYPES, Problem

NOT_HTTP = Problem(
    type=TYPES + "not-http",
    title="The request is not HTTP that can be read.",
    status=400,
    detail="Look at its method, at its headers and at their lengths: see RFC 9112.",
)


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with our answer to what it can't parse."""

    def send_400_response(self, msg: str) -> None:
        """Answer 400 and close: nobody knows where the next request would begin."""
        body = NOT_HTTP.model_dump_json().encode()
        head = (
            "HTTP/1.1 400 Bad Request",
            "content-type: application/problem+json",
            f"content-length: {len(body)}",
            "connection: close",
        )
        self.transport.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        self.transport.close()
