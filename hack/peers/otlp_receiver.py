"""otlp_receiver.py PORT_FILE: takes spans by OTLP/HTTP, and on SIGTERM says whether they are what they should be."""
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse

requests, refused = [], [503]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        assert self.path == "/v1/traces", self.path
        assert self.headers["content-type"] == "application/x-protobuf", self.headers["content-type"]
        assert self.headers["authorization"] == "Bearer of-the-test", self.headers
        # The first is to be sent again.
        status = refused.pop() if refused else 200
        if status == 200:
            requests.append(ExportTraceServiceRequest.FromString(body))
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(status)
        self.send_header("retry-after", "0")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def value(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [value(item) for item in any_value.array_value.values]
    return getattr(any_value, kind)


def attributes(of):
    pairs = {pair.key: value(pair.value) for pair in of.attributes}
    assert len(pairs) == len(of.attributes), "an attribute stands twice"
    return pairs


def check():
    # Nothing of it is unknown to the classes.
    for request in requests:
        assert ExportTraceServiceRequest.FromString(request.SerializeToString()) == request
    groups = [group for request in requests for group in request.resource_spans]
    resource = attributes(groups[0].resource)
    assert resource["service.name"] == "skyflo" and resource["deployment.environment.name"] == "test", resource
    spans = [span for group in groups for scope in group.scope_spans for span in scope.spans]
    assert len({span.span_id for span in spans}) == len(spans), "two spans have the same id"
    by_id = {span.span_id: span for span in spans}
    for span in spans:
        assert len(span.trace_id) == 16 and len(span.span_id) == 8 and any(span.trace_id), span
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano, span
        parent = by_id.get(span.parent_span_id)
        assert not span.parent_span_id or (parent and parent.trace_id == span.trace_id), f"{span.name} has lost its parent"
    turns = [span for span in spans if span.name == "invoke_agent skyflo"]
    assert len(turns) == 1 and not turns[0].parent_span_id, turns
    chats = [span for span in spans if span.name.startswith("chat ")]
    tools = [span for span in spans if span.name.startswith("execute_tool ")]
    assert chats and tools, [span.name for span in spans]
    for span in chats + tools:
        assert span.parent_span_id == turns[0].span_id, f"{span.name} is no part of the turn"
    for span in chats:
        known = attributes(span)
        assert span.kind == span.SPAN_KIND_CLIENT and known["gen_ai.operation.name"] == "chat", known
        assert known["gen_ai.provider.name"] and known["gen_ai.request.model"] and known["gen_ai.conversation.id"], known
        assert "gen_ai.usage.input_tokens" in known and known["gen_ai.response.finish_reasons"], known
        assert "gen_ai.input.messages" not in known, "content is exported that nobody asked for"
    for span in tools:
        known = attributes(span)
        assert known["gen_ai.tool.name"] and known["gen_ai.tool.call.id"], known
        assert "gen_ai.tool.call.arguments" not in known, "content is exported that nobody asked for"
    tool_ids = {span.span_id for span in tools}
    assert any(span.parent_span_id in tool_ids for span in spans), "no request to the API server is part of a tool's span"
    print(f"{len(spans)} spans of a conversation are read by opentelemetry-proto: "
          f"{len(chats)} replies, {len(tools)} calls of tools")


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
with open(sys.argv[1], "w") as file:
    file.write(str(server.server_port))
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
check()
