"""The flows of three clients of Jenkins: jenkins_clients.py CLIENT WAY LOG, where the log's first line has URL, password and token."""
import re
import sys
import time

client, way, log = sys.argv[1:]
line = open(log).readline().rstrip("\n")
url, password, token = re.fullmatch(r"(\S+) (.*) (\S+)", line).groups()
secret = password if way == "password" else token


def wait(what, condition):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"in vain: {what}")


def python_jenkins():
    import jenkins
    import requests

    server = jenkins.Jenkins(url, username="copilot", password=secret, timeout=20)
    assert server.get_whoami()["id"] == "copilot"
    # Asked without logging in before that.
    assert server.get_version() == "2.479.3", server.get_version()
    names = sorted(job["fullname"] for job in server.get_all_jobs())
    assert names == ["plain", "shop", "shop/deploy", "shop/team", "shop/team/inner"], names
    assert server.job_exists("shop/team/inner") and not server.job_exists("shop/none")
    assert server.get_job_info("shop/deploy")["lastSuccessfulBuild"]["number"] == 1
    item = server.build_job("shop/deploy", {"ENV": "prod"})
    build = wait("build", lambda: server.get_queue_item(item).get("executable"))
    info = wait("result", lambda: (lambda b: b if not b["building"] else None)(
        server.get_build_info("shop/deploy", build["number"])))
    assert info["result"] == "SUCCESS" and info["queueId"] == item, info
    parameters = [a["parameters"] for a in info["actions"] if "parameters" in a]
    assert [(p["name"], p["value"]) for p in parameters[0]] == [("ENV", "prod")], parameters
    assert server.get_build_console_output("shop/deploy", build["number"]).endswith("Finished: SUCCESS\n")
    stages = server.get_build_stages("shop/deploy", build["number"])
    assert [stage["name"] for stage in stages["stages"]] == ["Build"], stages
    running = server.build_job("plain")
    number = wait("build of plain", lambda: server.get_queue_item(running).get("executable"))["number"]
    server.stop_build("plain", number)
    assert server.get_build_info("plain", number)["result"] == "ABORTED"
    server.disable_job("plain")
    assert server.get_job_info("plain")["buildable"] is False
    try:
        server.build_job("plain")
        raise SystemExit("a disabled job was built")
    except requests.HTTPError as error:
        assert error.response.status_code == 409, error
    server.enable_job("plain")
    assert server.get_job_info("plain")["buildable"] is True
    assert [node["name"] for node in server.get_nodes()] == ["Built-In Node", "agent-1"], server.get_nodes()
    assert server.get_queue_info() == []
    wrong = jenkins.Jenkins(url, username="copilot", password="wrong", timeout=20)
    try:
        wrong.get_whoami()
        raise SystemExit("a wrong password was accepted")
    except jenkins.JenkinsException as error:
        assert "401" in str(error), error


def api4jenkins():
    from api4jenkins import Jenkins

    server = Jenkins(url, auth=("copilot", secret))
    assert server.version == "2.479.3"
    job = server.get_job("shop/deploy")
    assert job.full_name == "shop/deploy" and server.get_job("shop/none") is None
    item = server.build_job("shop/deploy", ENV="prod")
    build = wait("build", item.get_build)
    wait("result", lambda: not build.building)
    assert build.result == "SUCCESS"
    assert [(p.name, p.value) for p in build.get_parameters()] == [("ENV", "prod")]
    assert "hello" in "\n".join(build.console_text())
    build.set_description("by api4jenkins")
    assert build.description == "by api4jenkins"
    plain = server.get_job("plain")
    plain.disable()
    assert plain.buildable is False
    plain.enable()
    running = wait("build of plain", plain.build().get_build)
    running.stop()
    assert running.result == "ABORTED"
    assert [j.full_name for j in server.iter(3)] == ["plain", "shop", "shop/deploy", "shop/team", "shop/team/inner"]


def jenkinsapi():
    from jenkinsapi.jenkins import Jenkins
    from jenkinsapi.utils.crumb_requester import CrumbRequester

    requester = CrumbRequester(username="copilot", password=secret, baseurl=url)
    server = Jenkins(url, username="copilot", password=secret, requester=requester, lazy=True, timeout=20)
    assert server.version == "2.479.3"
    job = server.get_job_by_url(url + "/job/shop/job/deploy/", "deploy")
    assert job.get_last_good_buildnumber() == 1
    item = job.invoke(build_params={"ENV": "prod"})
    number = wait("build", lambda: (item.poll(), item._data.get("executable"))[1])["number"]
    build = job.get_build(number)
    wait("result", lambda: not build.poll(tree="building")["building"])
    build = job.get_build(number)
    assert build.get_status() == "SUCCESS"
    assert build.get_params() == {"ENV": "prod"}, build.get_params()
    assert "hello" in build.get_console()
    assert "hello" in "".join(build.stream_logs(interval=0))


globals()[client]()
