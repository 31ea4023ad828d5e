"""Flows of PyGithub and python-gitlab against the hosts of the tests. The first argument is a file with their addresses."""
import sys

import github
import gitlab

hub_url, lab_url = open(sys.argv[1]).read().split()[:2]
newest = format(45, "04x") + "c0ffee" + "0" * 30


def git_hub():
    hub = github.Github(auth=github.Auth.Token("ghp_a-token-of-tests-0123456789"), base_url=hub_url, retry=None)
    assert hub.get_user().login == "copilot"
    assert [r.full_name for r in hub.get_user().get_repos()] == ["acme/shop"]
    repository = hub.get_repo("acme/shop")
    assert repository.default_branch == "main"
    # Over two pages of 30.
    commits = list(repository.get_commits())
    assert len(commits) == 45 and commits[0].sha == newest, len(commits)
    assert commits[0].commit.message.startswith("Fix the cart")
    assert len(list(repository.get_commits(sha="v1.4.0"))) == 40
    commit = repository.get_commit("main")
    assert commit.sha == newest and [f.filename for f in commit.files] == ["src/cart.swift"]
    assert [p.number for p in commit.get_pulls()] == [7]
    assert [(r.name, r.conclusion) for r in commit.get_check_runs()] == [("build", "success"), ("test", "failure")]
    assert commit.get_combined_status().statuses[0].context == "lint"
    comparison = repository.compare("v1.4.0", "main")
    assert comparison.ahead_by == 5 and [c.sha for c in comparison.commits][-1] == newest
    assert [p.number for p in repository.get_pulls(state="open")] == [8]
    pull = repository.get_pull(7)
    assert pull.merged_at and pull.head.ref == "fix" and pull.base.ref == "main"
    assert [f.filename for f in pull.get_files()] == ["src/cart.swift"]
    assert [(r.user.login, r.state) for r in pull.get_reviews()] == [("bob", "APPROVED")]
    runs = repository.get_workflow_runs(status="failure")
    assert [(r.id, r.conclusion) for r in runs] == [(900, "failure")]
    assert [(j.name, j.conclusion) for j in repository.get_workflow_run(900).jobs()] == [
        ("build", "success"), ("test", "failure")]
    try:
        hub.get_repo("acme/none")
        raise SystemExit("a repository that isn't there was found")
    except github.UnknownObjectException:
        pass
    wrong = github.Github(auth=github.Auth.Token("wrong"), base_url=hub_url, retry=None)
    try:
        wrong.get_user().login
        raise SystemExit("a wrong token was accepted")
    except github.BadCredentialsException:
        pass


def git_lab():
    lab = gitlab.Gitlab(lab_url, private_token="glpat-a-token-of-tests-0123456789")
    lab.auth()
    assert lab.user.username == "copilot" and lab.version()[0] == "18.5.1-ee"
    assert [p.path_with_namespace for p in lab.projects.list(membership=True)] == ["acme/shop"]
    project = lab.projects.get("acme/shop")
    commits = project.commits.list(get_all=True)
    assert len(commits) == 45 and commits[0].id == newest
    assert len(project.commits.list(ref_name="v1.4.0", get_all=True)) == 40
    commit = project.commits.get("main")
    assert commit.title == "Fix the cart" and commit.diff()[0]["new_path"] == "src/cart.swift"
    assert [m["iid"] for m in commit.merge_requests()] == [7]
    assert [(s.name, s.status) for s in commit.statuses.list()] == [("build", "success"), ("test", "failed")]
    assert len(project.repository_compare("v1.4.0", "main")["commits"]) == 5
    assert [m.iid for m in project.mergerequests.list(state="opened")] == [8]
    request = project.mergerequests.get(7)
    assert request.state == "merged" and request.source_branch == "fix"
    assert request.approvals.get().approved_by[0]["user"]["username"] == "bob"
    assert [p.id for p in project.pipelines.list(status="failed")] == [900]
    jobs = project.pipelines.get(900).jobs.list()
    assert [(j.name, j.status) for j in jobs] == [("build", "success"), ("test", "failed")]
    assert b"FAIL: cart" in project.jobs.get(2).trace()
    try:
        lab.projects.get("acme/none")
        raise SystemExit("a project that isn't there was found")
    except gitlab.GitlabGetError as error:
        assert error.response_code == 404, error
    try:
        gitlab.Gitlab(lab_url, private_token="wrong").auth()
        raise SystemExit("a wrong token was accepted")
    except gitlab.GitlabAuthenticationError:
        pass


git_hub()
git_lab()
