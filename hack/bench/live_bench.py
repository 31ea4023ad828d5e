"""live_bench.py SKYFLO PLAYGROUND_PID CHUNKS STREAMS: what hack/bench/live measures.

The model is a server in this process that sends one chunk every two milliseconds and notes when. Each chunk is a word with
its number, so that whoever reads it can be asked when it came.
"""

import http.client
import importlib.util
import json
import os
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

skyflo, playground, chunks, streams = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
pause = 0.002
sent: dict[int, float] = {}
gone: list[float] = []
hold = threading.Event()


class Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def piece(self, delta, finish=None):
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "bench",
                 "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        data = ("data: " + json.dumps(chunk) + "\n\n").encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            if "wait for the stop" in body:
                while True:
                    self.piece({"content": "x "})
                    time.sleep(0.005)
            if "hold" in body:
                self.piece({"content": "begun "})
                hold.wait(120)
            self.piece({"role": "assistant"})
            for number in range(chunks):
                time.sleep(pause)
                sent[number] = time.monotonic()
                self.piece({"content": f"w{number} "})
            self.piece({}, "stop")
            self.wfile.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            gone.append(time.monotonic())


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


server = Server(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}/v1"


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) / 1024


def kubeconfig():
    text = open(os.environ["KUBECONFIG"]).read()
    url = re.search(r"server:\s*\"?([^\s\"]+)", text)[1]
    token = re.search(r"token:\s*\"?([^\s\"]+)", text)[1]
    return url, token


url, token = kubeconfig()
trust = ssl.create_default_context()
trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE


def call(method, path, body=None, kind="application/json", headers=None, server=url):
    request = urllib.request.Request(
        server + path, method=method, data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {token}", "Content-Type": kind, **(headers or {})})
    return urllib.request.urlopen(request, context=trust, timeout=120)


conversations = "/apis/skyflo.ai/v1/namespaces/bench/conversations"


def prepare():
    call("POST", "/api/v1/namespaces", {"metadata": {"name": "bench"}}).read()
    call("POST", "/apis/skyflo.ai/v1/namespaces/bench/skyfloais", {
        "apiVersion": "skyflo.ai/v1", "kind": "SkyfloAI", "metadata": {"name": "bench"},
        "spec": {"models": [{"name": "bench", "provider": "OpenAI", "model": "bench", "baseURL": base}]}}).read()


def ask(name, text):
    call("POST", conversations, {
        "apiVersion": "skyflo.ai/v1", "kind": "Conversation", "metadata": {"name": name},
        "spec": {"messages": [{"content": text}]}}).read()


def until(name, condition):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        status = json.load(call("GET", f"{conversations}/{name}")).get("status", {})
        if condition(status):
            return status
        time.sleep(0.02)
    raise SystemExit(f"{name} never came so far: {status}")


def late(seen):
    """Milliseconds from sending each chunk to when it was seen, and what is missing."""
    delays = sorted((seen[n] - sent[n]) * 1000 for n in sent if n in seen)
    if len(delays) != chunks:
        raise SystemExit(f"{chunks - len(delays)} of {chunks} chunks never came")
    return statistics.median(delays), delays[int(len(delays) * 0.99) - 1], delays[-1]


def numbers(pipe, seen):
    """Reads a pipe as it fills, and notes when each number is there."""
    rest = b""
    while data := os.read(pipe, 1 << 16):
        now = time.monotonic()
        rest += data
        for found in re.finditer(rb"w(\d+) ", rest):
            seen.setdefault(int(found[1]), now)
        rest = rest[-16:]


def report(what, delays, seconds):
    median, high, most = delays
    print(f"{what:<34} {median:8.2f} {high:8.2f} {most:8.2f} {seconds:8.2f}")


def client(code, what):
    """A client in a process of its own, which prints each number as it comes."""
    sent.clear()
    seen = {}
    # LiteLLM asks the internet for prices otherwise, and waits.
    own = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    process = subprocess.Popen([sys.executable, "-c", code, base], stdout=subprocess.PIPE, env=own)
    # What the interpreter and the imports take isn't counted: the client says when it begins.
    os.read(process.stdout.fileno(), 1)
    before = cpu(process.pid)
    process.stdout.flush()
    reader = threading.Thread(target=numbers, args=(process.stdout.fileno(), seen))
    reader.start()
    took = before
    while process.poll() is None:
        try:
            took = cpu(process.pid)
        except (FileNotFoundError, ProcessLookupError, IndexError):
            break
        time.sleep(0.02)
    reader.join()
    report(what, late(seen), took - before)


plain = """
import httpx, json, os, sys
os.write(1, b"!")
body = {"model": "bench", "stream": True, "messages": [{"role": "user", "content": "go"}]}
with httpx.stream("POST", sys.argv[1] + "/chat/completions", json=body, timeout=120) as answer:
    for line in answer.iter_lines():
        if line.startswith("data: {"):
            text = json.loads(line[6:])["choices"][0]["delta"].get("content", "")
            os.write(1, text.encode())
"""
litellm = """
import litellm, os, sys
os.write(1, b"!")
for chunk in litellm.completion(model="openai/bench", api_base=sys.argv[1], api_key="x", stream=True,
                                messages=[{"role": "user", "content": "go"}]):
    os.write(1, (chunk.choices[0].delta.content or "").encode())
"""


def watched():
    sent.clear()
    seen = {}
    ask("watched", "hold")
    until("watched", lambda status: status.get("stream"))
    process = subprocess.Popen(
        [skyflo, "watch", "-n", "bench", "watched"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    reader = threading.Thread(target=numbers, args=(process.stderr.fileno(), seen))
    reader.start()
    time.sleep(2)
    before = cpu(playground) + cpu(process.pid)
    watcher = 0.0
    hold.set()
    while process.poll() is None:
        try:
            watcher = cpu(process.pid)
        except (FileNotFoundError, ProcessLookupError, IndexError):
            break
        time.sleep(0.02)
    reader.join()
    report("worker, events and skyflo watch", late(seen), cpu(playground) + watcher - before)
    hold.clear()


def many():
    ask("many", "hold")
    key = until("many", lambda status: status.get("stream"))["stream"]["key"]
    # Straight to the worker: the API server, whose proxy is the way for people, is in the same process here.
    service = json.load(call("GET", "/api/v1/namespaces/skyflo-system/services/skyflo-operator"))
    worker = service["metadata"]["annotations"]["local-cluster/forward-to"]
    path = "/v1/namespaces/bench/conversations/many/events"
    before, answers = memory(playground), []
    # The operator bears 32 streams of one key: the others come as whoever has a token.
    for number in range(streams):
        own = call("POST", "/api/v1/namespaces/bench/serviceaccounts", {"metadata": {"name": f"reader-{number}"}})
        own.read()
        if number < 32:
            headers = {"Skyflo-Stream-Key": key}
        else:
            call("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/bench/rolebindings", {
                "metadata": {"name": f"reader-{number}"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "skyflo-viewer"},
                "subjects": [{"kind": "ServiceAccount", "name": f"reader-{number}", "namespace": "bench"}]}).read()
            made = json.load(call("POST", f"/api/v1/namespaces/bench/serviceaccounts/reader-{number}/token", {
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}))
            headers = {"Skyflo-Authorization": "Bearer " + made["status"]["token"]}
        for attempt in range(100):
            try:
                answers.append(call("GET", path, headers=headers, server=worker))
                break
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    raise
                time.sleep(0.1)
            # Of one address so many connections are taken a second.
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
                time.sleep(0.1)
        if number == 0:
            # The objects of this measurement are in the same process.
            before = memory(playground)
    time.sleep(1)
    if len(answers) != streams:
        raise SystemExit(f"{streams - len(answers)} of {streams} streams were never opened")
    print(f"\n{len(answers)} streams at once: {memory(playground) - before:.1f} MiB more")
    for answer in answers:
        answer.close()
    hold.set()


def stopped():
    gone.clear()
    ask("stopped", "wait for the stop")
    until("stopped", lambda status: status.get("stream"))
    time.sleep(0.5)
    begun = time.monotonic()
    call("PATCH", f"{conversations}/stopped", {"spec": {"stop": True}}, "application/merge-patch+json").read()
    until("stopped", lambda status: status.get("phase") == "Stopped")
    deadline = time.monotonic() + 10
    while not gone and time.monotonic() < deadline:
        time.sleep(0.001)
    if not gone:
        raise SystemExit("a stop never came to the model")
    print(f"a stop is at the model after {(gone[0] - begun) * 1000:.0f} ms")


prepare()
print(f"{chunks} chunks, one every {pause * 1000:.0f} ms; milliseconds from the model's sending, seconds of CPU\n")
print(f"{'':<34} {'median':>8} {'p99':>8} {'most':>8} {'CPU':>8}")
client(plain, "httpx, and nothing else")
if importlib.util.find_spec("litellm"):
    client(litellm, "LiteLLM's SDK")
watched()
many()
stopped()
