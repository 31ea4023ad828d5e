"""For hack/peers/model-sdks: reads the recordings in the folder that is the argument, as the SDKs of the providers do."""

import datetime
import json
import pathlib
import struct
import sys
import threading
import urllib.parse
import warnings
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import botocore.auth
import botocore.eventstream
import botocore.parsers
import botocore.session
import google.auth._helpers
import google.auth.jwt
import google.oauth2._client
import google.oauth2.service_account
import msal
import openai
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives import serialization
from google import genai
from google.genai import errors as google_errors
from google.genai import types as google_types
from pydantic import TypeAdapter

RECORDINGS = pathlib.Path(sys.argv[1])
checked = 0


class Server:
    """Answers each request with one recording."""

    def __init__(self):
        self.body = b""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length") or 0))
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.send_header("content-length", str(len(server.body)))
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, name):
        """Without the comment that names the source: Google's SDK takes none, although each event stream may have some."""
        self.body = (RECORDINGS / name).read_bytes().split(b"\n\n", 1)[1]


server = Server()


def expect(what, found, wanted):
    global checked
    checked += 1
    if found != wanted:
        raise SystemExit(f"{what}: {found!r}, and {wanted!r} was expected")


def data_of(name):
    """The objects of a stream."""
    lines = (RECORDINGS / name).read_text().splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def types_check(what, model, value):
    """Every member of the value is one that the SDK's type has."""
    global checked
    checked += 1
    # What is iterable is validated as it is read, with the adapter, which has to be there still.
    adapter = TypeAdapter(model)
    unknown = sorted(set(unknown_members(value, adapter.validate_python(value))))
    if unknown:
        raise SystemExit(f"{what}: the SDK doesn't know {', '.join(unknown)}")


def unknown_members(sent, read):
    """Names of the members of what was sent that are in nothing that was read."""
    if isinstance(sent, dict):
        if isinstance(read, dict):
            known = read
        else:
            extra = getattr(read, "model_extra", None) or {}
            fields = {field.alias or name: name for name, field in type(read).model_fields.items()}
            known = {alias: getattr(read, name) for alias, name in fields.items() if alias not in extra}
        for name, value in sent.items():
            if name in known:
                yield from unknown_members(value, known[name])
            else:
                yield name
    elif isinstance(sent, list):
        for value, element in zip(sent, list(read), strict=True):
            yield from unknown_members(value, element)


# Anthropic

def anthropic_message(name):
    server.answer(f"anthropic/{name}.sse")
    client = anthropic.Anthropic(api_key="x", base_url=server.url, max_retries=0)
    with client.messages.stream(
        model="m", max_tokens=10, messages=[{"role": "user", "content": "x"}]
    ) as stream:
        return stream.get_final_message()


def check_anthropic():
    message = anthropic_message("text")
    expect("anthropic text", message.content[0].text, "web has 3 replicas — all ready.")
    expect("anthropic stop", message.stop_reason, "end_turn")
    message = anthropic_message("tool-calls")
    calls = [(block.name, block.input) for block in message.content if block.type == "tool_use"]
    expect("anthropic calls", calls, [
        ("k8s_get", {"resource_type": "deployments", "namespace": "shop"}), ("k8s_scale", {"name": "web", "replicas": 3}),
        ("k8s_cluster_info", {})])
    expect("anthropic cache", message.usage.cache_read_input_tokens, 1500)
    message = anthropic_message("thinking")
    expect("anthropic blocks", [block.type for block in message.content],
           ["thinking", "redacted_thinking", "text", "thinking", "tool_use"])
    expect("anthropic thought", message.content[0].thinking, "I should list the deployments.")
    expect("anthropic reasoning", message.usage.output_tokens_details.thinking_tokens, 31)
    message = anthropic_message("refusal")
    expect("anthropic refusal", (message.stop_reason, message.stop_details.explanation),
           ("refusal", "This can't be answered."))
    expect("anthropic limit", anthropic_message("max-tokens").stop_reason, "max_tokens")
    try:
        anthropic_message("overloaded")
        raise SystemExit("anthropic: an error event was read as a reply")
    except anthropic.APIStatusError as error:
        expect("anthropic error", error.body["error"]["type"], "overloaded_error")
    for file in sorted((RECORDINGS / "anthropic").glob("*.sse")):
        for event in data_of(file.relative_to(RECORDINGS)):
            if event["type"] not in ("ping", "error"):
                types_check(file.name, anthropic.types.RawMessageStreamEvent, event)


# OpenAI

def response_events(name):
    server.answer(f"responses/{name}.sse")
    client = openai.OpenAI(api_key="x", base_url=server.url, max_retries=0)
    return list(client.responses.create(model="m", input="x", stream=True, store=False))


def check_responses():
    last = response_events("text")[-1].response
    expect("responses text", last.output_text, "web has 3 replicas — all ready.")
    expect("responses cache", last.usage.input_tokens_details.cached_tokens, 20)
    last = response_events("tool-calls")[-1].response
    expect("responses items", [item.type for item in last.output],
           ["reasoning", "message", "function_call", "function_call"])
    expect("responses arguments", json.loads(last.output[2].arguments), {"resource_type": "deployments"})
    expect("responses encrypted", last.output[0].encrypted_content, "gAAAAABpLEncrypted+/==")
    expect("responses incomplete", response_events("incomplete")[-1].response.incomplete_details.reason,
           "max_output_tokens")
    expect("responses filtered", response_events("filtered")[-1].response.incomplete_details.reason, "content_filter")
    expect("responses failed", response_events("failed")[-1].response.error.code, "server_error")
    expect("responses refusal", response_events("refusal")[-1].response.output[0].content[0].refusal,
           "I can't help with that.")
    try:
        expect("responses error", response_events("error")[-1].code, "rate_limit_exceeded")
    except openai.APIError as error:
        expect("responses error", error.code, "rate_limit_exceeded")
    for file in sorted((RECORDINGS / "responses").glob("*.sse")):
        for event in data_of(file.relative_to(RECORDINGS)):
            types_check(file.name, openai.types.responses.ResponseStreamEvent, event)


def check_azure():
    client = openai.AzureOpenAI(api_key="x", azure_endpoint=server.url, api_version="2024-10-21", max_retries=0)

    def chunks(name):
        server.answer(f"azure/{name}.sse")
        return list(client.chat.completions.create(
            model="d", messages=[{"role": "user", "content": "x"}], stream=True))

    deltas = [choice.delta for chunk in chunks("tool-call") for choice in chunk.choices]
    arguments = "".join(call.function.arguments for delta in deltas for call in delta.tool_calls or [])
    expect("azure arguments", json.loads(arguments), {"name": "web", "replicas": 3})
    found = [choice for chunk in chunks("asynchronous-filter") for choice in chunk.choices]
    expect("azure text", "".join(choice.delta.content or "" for choice in found if choice.delta), "web has 3 replicas.")
    expect("azure filtered", chunks("filtered")[-1].choices[0].finish_reason, "content_filter")


# Google

def check_gemini():
    client = genai.Client(api_key="x", http_options=google_types.HttpOptions(base_url=server.url))

    def answers(name):
        server.answer(f"gemini/{name}.sse")
        return list(client.models.generate_content_stream(model="gemini-3-pro-preview", contents="x"))

    def parts(found):
        return [part for answer in found for part in answer.candidates[0].content.parts or []]

    found = answers("text")
    expect("gemini text", "".join(part.text for part in parts(found)), "web has 3 replicas — all ready.")
    expect("gemini thoughts", found[-1].usage_metadata.thoughts_token_count, 30)
    found = parts(answers("tool-calls"))
    calls = [(part.function_call.id, part.function_call.name, part.function_call.args, part.thought_signature is not None)
             for part in found if part.function_call]
    expect("gemini calls", calls, [
        ("fc-1", "k8s_get", {"resource_type": "deployments"}, True),
        (None, "k8s_scale", {"name": "web", "replicas": 3}, False), (None, "k8s_cluster_info", {}, False)])
    expect("gemini signatures", [part.thought_signature for part in parts(answers("signed-text"))],
           [None, b"signed", b"last"])
    expect("gemini safety", answers("safety")[-1].candidates[0].finish_reason.name, "SAFETY")
    expect("gemini blocked", answers("blocked")[0].prompt_feedback.block_reason.name, "PROHIBITED_CONTENT")
    expect("gemini malformed", answers("malformed-call")[-1].candidates[0].finish_reason.name, "MALFORMED_FUNCTION_CALL")
    try:
        answers("unavailable")
        raise SystemExit("gemini: an error was read as an answer")
    except google_errors.APIError as error:
        expect("gemini error", error.code, 503)


# Amazon

def framed(message):
    headers = b""
    for name, value in message["headers"].items():
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value.encode())) + value.encode()
    payload = json.dumps(message["payload"], ensure_ascii=False, separators=(",", ":")).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    body = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return body + struct.pack(">I", zlib.crc32(body))


def check_bedrock():
    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    output = model.operation_model("ConverseStream").output_shape.members["stream"]
    for file in sorted((RECORDINGS / "bedrock").glob("*.jsonl")):
        messages = [json.loads(line) for line in file.read_text().splitlines()[1:]]
        data = b"".join(framed(message) for message in messages)
        golden = file.with_suffix(".eventstream")
        if golden.exists():
            expect(f"{golden.name} as Python frames it", golden.read_bytes(), data)
        buffer = botocore.eventstream.EventStreamBuffer()
        buffer.add_data(data)
        parser = botocore.parsers.EventStreamJSONParser()
        for event, message in zip(buffer, messages, strict=True):
            found = parser.parse(event.to_response_dict(), output)
            if ":exception-type" in message["headers"]:
                expect(file.name, found["Error"]["Code"], message["headers"][":exception-type"])
                continue
            kind = message["headers"][":event-type"]
            expect(file.name, list(found), [kind])
            unknown = set(message["payload"]) - set(output.members[kind].members) - {"p"}
            expect(f"{file.name}: members that botocore doesn't know", unknown, set())


def check_signatures():
    for case in json.loads((RECORDINGS / "bedrock/signatures.json").read_text()):
        moment = datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ")
        botocore.auth.get_current_datetime = lambda *_, **__: moment
        request = AWSRequest("POST", case["url"], headers=case["headers"], data=case["body"].encode())
        credentials = Credentials(case["accessKeyID"], case["secretAccessKey"], case.get("sessionToken"))
        botocore.auth.SigV4Auth(credentials, "bedrock", case["region"]).add_auth(request)
        expect(f"signature for {case['url']}", case["authorization"], request.headers["Authorization"])


# What is sent

def check_requests():
    for file in sorted((RECORDINGS / "requests").glob("*.json")):
        body = json.loads(file.read_text())
        provider = file.name.split("-")[0]
        if provider == "anthropic":
            types_check(file.name, anthropic.types.message_create_params.MessageCreateParamsStreaming, body)
        elif provider == "responses":
            types_check(file.name, openai.types.responses.response_create_params.ResponseCreateParamsStreaming, body)
        elif provider == "gemini":
            check_gemini_request(file.name, body)
        elif provider == "bedrock":
            check_bedrock_request(file.name, body)
        else:
            raise SystemExit(f"nobody knows the provider of {file.name}")


def check_gemini_request(name, body):
    members = {
        "systemInstruction": google_types.Content, "contents": list[google_types.Content], "tools": list[google_types.Tool],
        "generationConfig": google_types.GenerationConfig, "toolConfig": google_types.ToolConfig}
    expect(f"{name}: members that the SDK doesn't know", set(body) - set(members), set())
    for member, model in members.items():
        if member in body:
            types_check(name, model, body[member])


def check_bedrock_request(name, body):
    session = botocore.session.get_session()
    client = session.create_client("bedrock-runtime", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    sent = {}

    class Stop(Exception):
        pass

    def stop(request, **_):
        sent["body"] = json.loads(request.body)
        raise Stop

    client.meta.events.register("before-send", stop)
    arguments = json.loads(json.dumps(body), object_hook=decoded_blobs)
    try:
        client.converse_stream(modelId="anthropic.claude-sonnet-4-6", **arguments)
    except Stop:
        pass
    expect(f"{name} as botocore writes it", sent["body"], body)


def decoded_blobs(members):
    import base64
    if isinstance(members.get("redactedContent"), str):
        members["redactedContent"] = base64.b64decode(members["redactedContent"])
    return members


# Credentials that end by themselves

def identity_recordings():
    """The requests to token services by name, and the moment at which they are sent."""
    recording = json.loads((RECORDINGS / "identity/requests.json").read_text())
    moment = datetime.datetime.strptime(recording["time"], "%Y-%m-%dT%H:%M:%SZ")
    return {request["name"]: request for request in recording["requests"]}, moment


def fields(body):
    return dict(urllib.parse.parse_qsl(body, strict_parsing=True))


def check_entra():
    """msal sends what it can know by itself, and some facts about itself beside it."""
    requests, _ = identity_recordings()

    class Client:
        def get(self, url, **_):
            place = "https://login.microsoftonline.com/tenant-1/oauth2/v2.0"
            return Answer({"token_endpoint": f"{place}/token", "authorization_endpoint": f"{place}/authorize",
                           "issuer": "https://login.microsoftonline.com/tenant-1/v2.0"})

        def post(self, url, data=None, **_):
            self.url, self.data = url, data
            return Answer({"token_type": "Bearer", "access_token": "t", "expires_in": 3600})

    class Answer:
        status_code, headers = 200, {}

        def __init__(self, content):
            self.text = json.dumps(content)

        def raise_for_status(self):
            pass

    secrets = {"entra-secret": "s~e/c r+t&=", "entra-assertion": {"client_assertion": "projected.token.x"}}
    for name, secret in secrets.items():
        client = Client()
        application = msal.ConfidentialClientApplication(
            "client-1", client_credential=secret, authority="https://login.microsoftonline.com/tenant-1",
            http_client=client)
        application.acquire_token_for_client(["https://cognitiveservices.azure.com/.default"])
        ours = fields(requests[name]["body"])
        expect(f"{name}: address", requests[name]["url"], client.url)
        expect(f"{name}: fields", ours, {key: client.data[key] for key in ours if key in client.data})


def check_google_identity():
    requests, moment = identity_recordings()
    account = json.loads((RECORDINGS / "identity/service-account.json").read_text())
    sent = fields(requests["google"]["body"])
    key = serialization.load_pem_private_key(account["private_key"].encode(), None).public_key()
    public = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    google.auth._helpers.utcnow = lambda: moment
    # Verifies the signature, the times and the audience.
    claims = google.auth.jwt.decode(sent["assertion"], certs=public, audience=account["token_uri"])
    credentials = google.oauth2.service_account.Credentials.from_service_account_info(
        account, scopes=["https://www.googleapis.com/auth/cloud-platform"])
    theirs = credentials._make_authorization_grant_assertion()
    expect("google: claims", claims, google.auth.jwt.decode(theirs, certs=public, audience=account["token_uri"]))
    expect("google: header", google.auth.jwt.decode_header(sent["assertion"]), google.auth.jwt.decode_header(theirs))
    posted = {}

    def post(request, url, body, **_):
        posted.update(url=url, body=body)
        return {"access_token": "t", "expires_in": 3600}

    google.oauth2._client._token_endpoint_request = post
    google.oauth2._client.jwt_grant(None, account["token_uri"], sent["assertion"])
    expect("google: request", (requests["google"]["url"], sent), (posted["url"], posted["body"]))


def check_aws_identity():
    requests, moment = identity_recordings()
    session = botocore.session.get_session()
    keys = ("AKIDEXAMPLE", "secret/Example+Key", "session/Token==")
    client = session.create_client(
        "sts", region_name="eu-central-1", aws_access_key_id=keys[0], aws_secret_access_key=keys[1])
    sent = {}

    class Stop(Exception):
        pass

    def stop(request, **_):
        sent.update(url=request.url, body=request.body)
        raise Stop

    client.meta.events.register("before-send", stop)
    role = {"RoleArn": "arn:aws:iam::123456789012:role/models", "RoleSessionName": "skyflo-shop", "DurationSeconds": 3600}
    calls = {
        "aws-web-identity": lambda: client.assume_role_with_web_identity(**role, WebIdentityToken="projected.token.x"),
        "aws-role": lambda: client.assume_role(**role, ExternalId="ex/1")}
    for name, call in calls.items():
        try:
            call()
        except Stop:
            pass
        body = sent["body"].decode() if isinstance(sent["body"], bytes) else sent["body"]
        expect(f"{name}: address", requests[name]["url"], sent["url"])
        expect(f"{name}: fields", fields(requests[name]["body"]), fields(body))
    ours = requests["aws-role"]
    botocore.auth.get_current_datetime = lambda *_, **__: moment
    content = {"content-type": ours["headers"]["content-type"]}
    request = AWSRequest("POST", ours["url"], headers=content, data=ours["body"].encode())
    botocore.auth.SigV4Auth(Credentials(*keys), "sts", "eu-central-1").add_auth(request)
    expect("aws-role: signature", ours["headers"]["authorization"], request.headers["Authorization"])


warnings.simplefilter("ignore")
check_anthropic()
check_responses()
check_azure()
check_gemini()
check_bedrock()
check_signatures()
check_entra()
check_google_identity()
check_aws_identity()
check_requests()
print(f"the SDKs agree ({checked} checks)")
