"""What people do on the pages of skyflo web, in a real browser. Usage: web_pages.py ADDRESS (KUBECONFIG names the cluster)."""
import json
import os
import re
import subprocess
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

ADDRESS = sys.argv[1]
# Where a browser may go at all: the pages, and whatever else is named.
PLACES = tuple(sys.argv[1:])
PICTURES = os.environ.get("PICTURES")
HOSTILE = '</p><script>document.title="owned"</script><img src="https://evil.invalid/x.png" onerror="document.title=\'owned\'"> \u202egnp'


def kubectl(*arguments, text=None):
    return subprocess.run(["kubectl", *arguments], input=text, check=True, capture_output=True, text=True).stdout.strip()


def token(person):
    return kubectl("create", "token", person, "-n", "shop")


def replicas():
    return int(kubectl("get", "deployment", "web", "-n", "shop", "-o", "jsonpath={.spec.replicas}"))


class Person:
    """A browser of its own, which notes what it must not see."""

    def __init__(self, chromium, name, **options):
        self.context = chromium.new_context(**options)
        self.name = name
        self.page = self.context.new_page()
        self.complaints = []
        self.watch(self.page)

    def watch(self, page):
        page.set_default_timeout(20_000)
        page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append("dialog: " + dialog.message))
        page.on("request", lambda request: request.url.startswith(PLACES) or self.complaints.append("asked for " + request.url))

    def sign_in(self):
        self.page.goto(ADDRESS + "/")
        self.page.get_by_label("Kubernetes token").fill(token(self.name))
        self.page.get_by_role("button", name="Sign in with token").click()
        expect(self.page.get_by_role("heading", name="Conversations", exact=True)).to_be_visible()

    def ask(self, message):
        self.page.goto(ADDRESS + "/new")
        self.page.get_by_label("Namespace").fill("shop")
        self.page.get_by_role("button", name="Choose").click()
        self.page.get_by_label("What should be looked at or done?").fill(message)
        self.page.get_by_label("Runs as").fill("copilot")
        self.page.get_by_role("button", name="Ask in shop").click()
        self.page.wait_for_url("**/conversations/shop/ask-*")
        return self.page.url.rsplit("/", 1)[1]

    def state(self, word):
        expect(self.page.locator("#part-state")).to_have_text(word, timeout=60_000)


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def check_place(page, name):
    """Fits, and has nothing that axe calls serious."""
    width = page.viewport_size["width"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{name} is {wide} px wide in a window of {width}"
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not found, f"{name}: " + json.dumps([(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found], indent=1)


def signing_in(chromium):
    person = Person(chromium, "requester")
    person.page.goto(ADDRESS + "/waiting")
    person.page.get_by_label("Kubernetes token").fill("wrong")
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("alert")).to_contain_text("doesn't know that token")
    person.complaints = [c for c in person.complaints if "401" not in c]
    person.page.get_by_label("Kubernetes token").fill(token("requester"))
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("heading", name="Waiting for me", exact=True)).to_be_visible()
    cookie = next(c for c in person.context.cookies() if c["name"] == "skyflo-session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax", cookie
    person.page.get_by_role("button", name="Sign out").click()
    person.page.goto(ADDRESS + "/conversations")
    expect(person.page.get_by_role("heading", name="Sign in to playground")).to_be_visible()
    assert not person.complaints, person.complaints


def approving(person, other):
    """By keyboard, as the page comes to know of it by itself; another tab sees it happen."""
    name = person.ask("Scale the deployment web to 3 replicas")
    person.state("Awaiting approval")
    gate = person.page.locator(".gatebox")
    expect(gate).to_contain_text("replicas: 3")
    expect(person.page).to_have_title(re.compile(r"^\(1\) "))
    picture(person.page, "approval-light-1280")
    check_place(person.page, "a conversation with a gate")
    other.page.goto(person.page.url)
    expect(other.page.locator(".gatebox")).to_contain_text("You may not decide here")
    # A key focuses; only Enter decides.
    person.page.locator("h1").click()
    expect(person.page.locator("[data-approve]")).to_be_enabled()
    person.page.keyboard.press("j")
    person.page.keyboard.press("a")
    expect(person.page.locator("[data-approve]")).to_be_focused()
    assert replicas() == 2
    # Enter in the reason decides nothing.
    person.page.get_by_label("Reason").fill("as agreed")
    person.page.keyboard.press("Enter")
    expect(person.page.locator("[data-approve]")).to_be_visible()
    person.page.locator("[data-approve]").focus()
    person.page.keyboard.press("Enter")
    person.state("Completed")
    expect(person.page.get_by_role("article", name="Answer")).to_be_visible()
    expect(person.page.get_by_text("Checked by code")).to_be_visible()
    expect(other.page.locator("#part-state")).to_have_text("Completed", timeout=60_000)
    assert replicas() == 3
    approvals = json.loads(kubectl("get", "conv", name, "-n", "shop", "-o", "json"))["status"]["approvals"]
    approval = next(iter(approvals.values()))
    assert approval["decidedBy"] == "system:serviceaccount:shop:approver" and approval["reason"] == "as agreed", approval
    picture(person.page, "done-light-1280")
    check_place(person.page, "a conversation that is done")
    return name


def undoing(person):
    person.page.get_by_role("button", name="Undo").first.click()
    person.state("Awaiting approval")
    person.page.locator("[data-approve]").click()
    deadline = time.monotonic() + 60
    while replicas() != 2:
        assert time.monotonic() < deadline, "it wasn't taken back"
        time.sleep(0.2)


def moving(person):
    """What moves while somebody looks can't be decided by a click that was meant for what stood there."""
    name = person.ask("Scale the deployment web to 6 replicas")
    person.state("Awaiting approval")
    approve = person.page.locator("[data-approve]")
    expect(approve).to_be_enabled()
    call = person.page.locator("input[name=call]").get_attribute("value")
    digest = "sha256:" + "0" * 64
    kubectl("patch", "conv", name, "-n", "shop", "--subresource=status", "--type=merge", "-p",
            json.dumps({"status": {"approvals": {call: {"digest": digest}}}}))
    expect(person.page.get_by_text("It changed while you looked.")).to_be_visible()
    expect(person.page.locator("[data-deny]")).to_be_disabled()
    person.page.get_by_role("button", name="I have looked at it").click()
    # Whoever changed it wasn't the operator: it can only be denied.
    expect(approve).to_have_count(0)
    person.page.locator("[data-deny]").click()
    expect(person.page.locator(".gatebox")).to_have_count(0)
    assert replicas() == 2


def denying(person):
    person.ask("Scale the deployment web to 7 replicas")
    person.state("Awaiting approval")
    person.page.get_by_label("Reason").fill("too many")
    person.page.locator("[data-deny]").click()
    expect(person.page.locator("summary", has_text="Denied by system:serviceaccount:shop:approver: too many")).to_be_visible()
    assert replicas() == 2


def stopping(person):
    person.ask("Scale the deployment web to 8 replicas")
    person.state("Awaiting approval")
    person.page.locator("summary", has_text="Stop the turn").click()
    person.page.get_by_role("button", name="Stop ask-").click()
    person.state("Stopped")
    expect(person.page.locator("[data-approve]")).to_have_count(0)
    person.page.get_by_role("button", name="Resume").click()
    person.page.get_by_label("Message", exact=True).fill("list the deployments")
    person.page.keyboard.press("Enter")
    person.state("Completed")
    expect(person.page.get_by_role("article", name="Answer")).to_contain_text("web")
    assert replicas() == 2


def talking(requester, approver):
    """Answers of earlier turns are there for whoever may read the transcript."""
    name = requester.ask("list the deployments")
    requester.state("Completed")
    requester.page.get_by_label("Message", exact=True).fill("list the services")
    requester.page.keyboard.press("Enter")
    expect(requester.page.locator("#turn-2")).to_contain_text("list the services", timeout=60_000)
    requester.state("Completed")
    expect(requester.page.locator("#turn-1").get_by_role("article", name="Answer")).to_contain_text("web")
    expect(requester.page.locator("#turn-2").get_by_role("article", name="Answer")).to_be_visible()
    approver.page.goto(ADDRESS + "/conversations/shop/" + name)
    expect(approver.page.locator("#turn-1")).to_contain_text("is in the transcript (you may not read")


def hostility(person):
    manifest = {
        "apiVersion": "skyflo.ai/v1", "kind": "Conversation", "metadata": {"name": "hostile", "namespace": "shop"},
        "spec": {"serviceAccountName": "copilot", "messages": [{"content": HOSTILE + " scale the deployment web to 9 replicas"}]},
    }
    kubectl("apply", "-f", "-", text=json.dumps(manifest))
    person.page.goto(ADDRESS + "/conversations/shop/hostile")
    expect(person.page.locator(".said")).to_contain_text("<script>")
    expect(person.page.locator(".said")).to_contain_text("\\u{202e}gnp")
    expect(person.page.locator("#main img, #main script, #main iframe")).to_have_count(0)
    person.page.goto(ADDRESS + "/conversations?q=script")
    assert "owned" not in person.page.title()


def small_and_dark(chromium, name):
    for theme in ("light", "dark"):
        person = Person(chromium, "approver", viewport={"width": 320, "height": 640}, color_scheme=theme)
        person.sign_in()
        for place in ("/conversations", "/waiting", "/new?namespace=shop", "/conversations/shop/" + name, "/conversations/shop/hostile"):
            person.page.goto(ADDRESS + place)
            picture(person.page, f"{place.strip('/').split('?')[0].replace('/', '-')}-{theme}-320")
            check_place(person.page, f"{place} at 320 px in the {theme}")
        person.page.get_by_role("button", name="Menu").click()
        expect(person.page.get_by_role("link", name="Waiting for me")).to_be_visible()
        person.page.get_by_role("button", name="Theme").click()
        expect(person.page.locator("html")).to_have_attribute("data-theme", "light")
        assert not person.complaints, person.complaints


def without_scripts(chromium, asker):
    name = asker.ask("Scale the deployment web to 4 replicas")
    asker.state("Awaiting approval")
    person = Person(chromium, "approver", java_script_enabled=False)
    person.sign_in()
    person.page.get_by_role("link", name="Waiting for me").first.click()
    person.page.get_by_role("link", name="Review: Scale").first.click()
    assert person.page.url.endswith(f"/conversations/shop/{name}#gate-c1") or "#gate-" in person.page.url
    person.page.locator("[data-approve]").click()
    expect(person.page.get_by_role("status")).to_contain_text("approved")
    asker.state("Completed")
    assert replicas() == 4


def main():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        signing_in(chromium)
        approver, requester = Person(chromium, "approver"), Person(chromium, "requester")
        approver.sign_in()
        requester.sign_in()
        name = approving(approver, requester)
        undoing(approver)
        denying(approver)
        moving(approver)
        stopping(approver)
        talking(requester, approver)
        hostility(approver)
        without_scripts(chromium, requester)
        small_and_dark(chromium, name)
        for person in (approver, requester):
            assert not person.complaints, person.complaints
        chromium.close()
    print("the pages work in Chromium")


if __name__ == "__main__":
    main()
