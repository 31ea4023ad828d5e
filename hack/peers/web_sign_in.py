"""How people sign in to skyflo web by a provider and by local accounts, in a real browser, and what somebody tries with their cookies.

Usage: web_sign_in.py ADDRESS PROVIDER (KUBECONFIG names the cluster, SET_UP_CODE is the server's).
"""
import json
import os
import re

from playwright.sync_api import expect, sync_playwright

from web_pages import ADDRESS, Person, check_place, kubectl, picture, replicas, token

PASSWORD = "four quiet words here"


def door(person, place="/"):
    person.page.goto(ADDRESS + place)
    expect(person.page.get_by_role("heading", name="Sign in to playground")).to_be_visible()


def sign_in(person, name, password=PASSWORD):
    door(person)
    person.page.get_by_label("Name").fill(name)
    person.page.get_by_label("Password", exact=True).fill(password)
    person.page.get_by_role("button", name="Sign in", exact=True).click()


def is_in(person):
    expect(person.page.get_by_role("heading", name="Conversations", exact=True)).to_be_visible()


def setting_up(chromium):
    """The first admin, by keyboard."""
    admin = Person(chromium, "root")
    door(admin)
    check_place(admin.page, "the page to sign in on")
    picture(admin.page, "sign-in-light-1280")
    admin.page.get_by_role("link", name="Set up the first account").click()
    check_place(admin.page, "the page to set up on")
    admin.page.get_by_label("Set-up code").fill("wrong")
    admin.page.get_by_label("Name").fill("root")
    admin.page.get_by_label("New password").fill(PASSWORD)
    admin.page.keyboard.press("Enter")
    expect(admin.page.get_by_role("alert")).to_contain_text("isn't the set-up code")
    admin.complaints = [c for c in admin.complaints if "403" not in c]
    admin.page.get_by_label("Set-up code").fill(os.environ["SET_UP_CODE"])
    admin.page.get_by_label("New password").fill(PASSWORD)
    admin.page.keyboard.press("Enter")
    expect(admin.page.get_by_role("status")).to_contain_text("The first admin was made")
    sign_in(admin, "root")
    is_in(admin)
    return admin


def adding(chromium, admin):
    """Somebody gets a link, which counts once; without scripts."""
    admin.page.get_by_role("link", name="Team").click()
    admin.page.get_by_label("Name", exact=True).fill("ann")
    form = admin.page.locator("form[action='/team']")
    form.get_by_label("requester").uncheck()
    form.get_by_label("approver").check()
    form.get_by_role("button").click()
    link = admin.page.get_by_label("Link", exact=True).input_value()
    assert link.startswith(ADDRESS + "/join?"), link
    check_place(admin.page, "the team")
    picture(admin.page, "team-light-1280")
    ann = Person(chromium, "ann", java_script_enabled=False)
    ann.page.goto(link)
    ann.page.get_by_label("New password").fill("short")
    ann.page.get_by_role("button", name="Set the password").click()
    expect(ann.page.get_by_role("alert")).to_contain_text("A password has 12 to 128 characters")
    ann.page.get_by_label("New password").fill(PASSWORD)
    ann.page.get_by_role("button", name="Set the password").click()
    expect(ann.page.get_by_role("status")).to_contain_text("Your password is set")
    ann.page.goto(link)
    expect(ann.page.get_by_role("heading", name="This link doesn't count any more")).to_be_visible()
    sign_in(ann, "ann")
    is_in(ann)
    return ann


def by_provider(chromium):
    """Company sign-in, and back to where somebody wanted to go."""
    alice = Person(chromium, "alice")
    door(alice, "/waiting")
    alice.page.get_by_role("link", name="Continue with company sign-in").click()
    alice.page.get_by_role("button", name="alice").click()
    # What the page of the provider asks for is its own.
    alice.complaints.clear()
    expect(alice.page.get_by_role("heading", name="Waiting for me", exact=True)).to_be_visible()
    cookies = {c["name"]: c for c in alice.context.cookies() if c["domain"] == "127.0.0.1"}
    access, refresh = cookies["skyflo-access"], cookies["skyflo-refresh"]
    assert access["httpOnly"] and access["sameSite"] == "Lax", access
    assert refresh["httpOnly"] and refresh["sameSite"] == "Strict" and refresh["path"] == "/session/refresh", refresh
    assert "skyflo-provider" not in cookies
    alice.page.goto(ADDRESS + "/account")
    expect(alice.page.get_by_text("shop-team", exact=True)).to_be_visible()
    check_place(alice.page, "the account of somebody of the provider")
    return alice


def deciding(alice, ann):
    """Who comes by the provider asks and sees it streamed; whom local accounts call an approver approves."""
    name = alice.ask("Scale the deployment web to 5 replicas")
    alice.state("Awaiting approval")
    expect(alice.page.locator(".gatebox")).to_contain_text("You may not decide here")
    ann.page.goto(ADDRESS + "/waiting")
    ann.page.get_by_role("link", name="Review: Scale").first.click()
    ann.page.locator("[data-approve]").click()
    alice.state("Completed")
    assert replicas() == 5
    conversation = json.loads(kubectl("get", "conv", name, "-n", "shop", "-o", "json"))
    approval = next(iter(conversation["status"]["approvals"].values()))
    assert approval["decidedBy"] == "skyflo:ann", approval
    assert "oidc:alice" in json.dumps(conversation["metadata"]["annotations"]), conversation["metadata"]
    # Answers of earlier turns are from the transcript, which the operator hands out for alice.
    alice.page.get_by_label("Message", exact=True).fill("list the services")
    alice.page.keyboard.press("Enter")
    expect(alice.page.locator("#turn-2")).to_contain_text("list the services", timeout=60_000)
    alice.state("Completed")
    expect(alice.page.locator("#turn-1").get_by_role("article", name="Answer")).to_be_visible()


def theft(chromium, alice):
    """Whoever has the cookies of somebody gets nowhere for long: the refresh token was used."""
    thief = Person(chromium, "thief")
    thief.context.add_cookies([c for c in alice.context.cookies() if c["name"] in ("skyflo-refresh", "skyflo-access")])
    thief.page.goto(ADDRESS + "/session/refresh?return=/conversations")
    is_in(thief)
    # Its owner goes on with what was used, later than two pages of one browser would.
    alice.page.wait_for_timeout(61_000)
    alice.page.goto(ADDRESS + "/session/refresh?return=/conversations")
    expect(alice.page.get_by_role("heading", name="Sign in to playground")).to_be_visible()
    thief.page.goto(ADDRESS + "/conversations")
    expect(thief.page.get_by_role("heading", name="Sign in to playground")).to_be_visible()


def taking_away(admin, ann):
    admin.page.goto(ADDRESS + "/team")
    admin.page.get_by_label("Change ann").click()
    admin.page.get_by_role("button", name="Deactivate ann").click()
    expect(admin.page.get_by_role("status")).to_contain_text("ann was deactivated")
    ann.page.goto(ADDRESS + "/conversations")
    expect(ann.page.get_by_role("heading", name="Sign in to playground")).to_be_visible()
    sign_in(ann, "ann")
    expect(ann.page.get_by_role("alert")).to_contain_text("The name or the password is wrong")


def changing(chromium, admin):
    """A new password ends the sessions of all browsers."""
    other = Person(chromium, "root")
    sign_in(other, "root")
    is_in(other)
    admin.page.goto(ADDRESS + "/account")
    check_place(admin.page, "the account")
    picture(admin.page, "account-light-1280")
    admin.page.get_by_label("Present password").fill(PASSWORD)
    admin.page.get_by_label("New password").fill("five rather quiet words")
    admin.page.get_by_role("button", name="Change the password").click()
    expect(admin.page.get_by_role("status")).to_contain_text("all your sessions ended")
    other.page.goto(ADDRESS + "/conversations")
    expect(other.page.get_by_role("heading", name="Sign in to playground")).to_be_visible()
    assert not other.complaints, other.complaints


def by_token(chromium):
    """The third way is still there, folded; at 320 px and in the dark."""
    person = Person(chromium, "requester", viewport={"width": 320, "height": 640}, color_scheme="dark")
    door(person)
    check_place(person.page, "the page to sign in on, at 320 px in the dark")
    person.page.get_by_text("Use a Kubernetes token").click()
    person.page.get_by_label("Kubernetes token").fill(token("requester"))
    person.page.get_by_role("button", name="Sign in with token").click()
    is_in(person)
    person.page.goto(ADDRESS + "/account")
    check_place(person.page, "the account of somebody with a token, at 320 px in the dark")
    assert not person.complaints, person.complaints


def main():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        admin = setting_up(chromium)
        ann = adding(chromium, admin)
        alice = by_provider(chromium)
        deciding(alice, ann)
        theft(chromium, alice)
        taking_away(admin, ann)
        changing(chromium, admin)
        by_token(chromium)
        for person in (admin, alice):
            assert not [c for c in person.complaints if not re.search("favicon", c)], person.complaints
        chromium.close()
    print("people sign in by a provider, a local account and a token")


main()
