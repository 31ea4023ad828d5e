import KubeModel
import Synchronization
import TestWeb

/// A GitHub of one repository, as its REST API answers. What it does is held to GitHub's behaviour by PyGithub
/// (`hack/peers/git-hosts`).
package final class TestGitHub: Sendable {
    package static let token = "ghp_a-token-of-tests-0123456789"

    package let web: TestWebServer
    private let content: Mutex<GitHostState>

    package init(_ state: GitHostState = .shop(), prefix: String = "/api/v3") {
        web = TestWebServer(prefix: prefix)
        content = Mutex(state)
        web.handle { [self] in answer(to: $0) }
    }

    package func change(_ body: (inout GitHostState) -> Void) { content.withLock { body(&$0) } }

    private func answer(to seen: SeenRequest) -> TestAnswer {
        let state = content.withLock(\.self)
        guard ["Bearer \(Self.token)", "token \(Self.token)"].contains(seen.headers["authorization"] ?? "") else {
            return .init(401, json: ["message": "Bad credentials"])
        }
        guard !state.forbidden.contains(seen.parts.last ?? "") else {
            return .init(403, json: ["message": "Resource not accessible by personal access token"])
        }
        guard let json = Reply(state: state, root: web.url, seen: seen).json() else {
            return .init(404, json: ["message": "Not Found", "status": "404"])
        }
        return page(of: json, seen)
    }

    /// Of a list, the part that is asked for, with the link to the next one.
    private func page(of json: JSONValue, _ seen: SeenRequest) -> TestAnswer {
        let (size, number) = (Int(seen.parameter("per_page") ?? "") ?? 30, Int(seen.parameter("page") ?? "") ?? 1)
        let member = ["workflow_runs", "jobs", "check_runs"].first { json[$0] != nil }
        guard let list = member.map({ json[$0]?.array ?? [] }) ?? json.array else { return .init(200, json: json) }
        let start = min((number - 1) * size, list.count)
        let part = JSONValue.array(Array(list[start...].prefix(size)))
        var answer = json
        if let member { answer[member] = part } else { answer = part }
        var headers = ["x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999"]
        if start + size < list.count {
            headers["link"] = "<\(web.url)\(seen.path)?\(seen.query(forPage: number + 1, of: size))>; rel=\"next\""
        }
        return .init(200, json: answer, headers: headers)
    }

    /// What is answered to one request.
    private struct Reply {
        let state: GitHostState
        let root: String
        let seen: SeenRequest

        var repository: String { "\(root)/repos/\(state.path)" }

        func json() -> JSONValue? {
            let parts = seen.parts
            if parts == ["user"] { return ["login": "copilot", "id": 1, "url": .string("\(root)/user")] }
            if parts == ["user", "repos"] { return [about] }
            guard parts.first == "repos", parts.dropFirst().prefix(2).joined(separator: "/") == state.path else {
                return nil
            }
            let rest = Array(parts.dropFirst(3))
            switch rest.first {
            case nil: return about
            case "commits": return commits(Array(rest.dropFirst()))
            case "compare": return compare(rest.dropFirst().joined(separator: "/"))
            case "pulls": return pulls(Array(rest.dropFirst()))
            case "actions": return actions(Array(rest.dropFirst()))
            case "check-runs" where rest.last == "annotations":
                return [
                    [
                        "path": "Tests/CartTests.swift", "start_line": 12, "annotation_level": "failure",
                        "message": "expected 2 items",
                    ]
                ]
            default: return nil
            }
        }

        private var about: JSONValue {
            let name = state.path.split(separator: "/").last.map(String.init) ?? ""
            return [
                "id": 1, "name": .string(name), "full_name": .string(state.path), "default_branch": "main",
                "url": .string(repository), "private": true,
            ]
        }

        private func commits(_ rest: [String]) -> JSONValue? {
            guard let ref = rest.first else {
                guard let start = state.commit(seen.parameter("sha") ?? "HEAD") else { return nil }
                let all = state.commits.drop { $0.id != start.id }
                return .array(all.map { commit($0, isWhole: false) })
            }
            guard let found = state.commit(ref) else { return nil }
            switch rest.dropFirst().first {
            case nil: return commit(found, isWhole: true)
            case "pulls": return .array(state.requests.filter { $0.commit == found.id }.map(pull))
            case "check-runs":
                let jobs = state.pipelines.filter { $0.commit == found.id }.flatMap(\.jobs)
                return [
                    "total_count": JSONValue(jobs.count),
                    "check_runs": .array(
                        jobs.map {
                            [
                                "id": JSONValue($0.id), "name": .string($0.name), "status": "completed",
                                "conclusion": $0.isFailed ? "failure" : "success", "output": ["title": .null],
                            ]
                        }),
                ]
            case "status":
                return [
                    "state": "success", "sha": .string(found.id),
                    "statuses": [["context": "lint", "state": "success", "description": "fine"]],
                ]
            default: return nil
            }
        }

        private func commit(_ commit: GitHostState.Commit, isWhole: Bool) -> JSONValue {
            let person: JSONValue = ["name": "Alice", "email": "alice@example.com", "date": .string("\(commit.date)")]
            let url = JSONValue.string("\(repository)/commits/\(commit.id)")
            var json: JSONValue = [
                "sha": .string(commit.id), "url": url, "author": ["login": "alice", "id": 2], "parents": [],
                "commit": ["message": .string(commit.message), "author": person, "committer": person],
            ]
            if isWhole { json["files"] = files(commit) }
            return json
        }

        private func files(_ commit: GitHostState.Commit) -> JSONValue {
            .array(
                commit.files.map {
                    [
                        "filename": .string($0.path), "status": "modified", "additions": 2, "deletions": 1,
                        "changes": 3,
                        "sha": .string(commit.id), "patch": .string($0.patch),
                    ]
                })
        }

        private func compare(_ text: String) -> JSONValue? {
            let ends = text.split(separator: "...", maxSplits: 1).map(String.init)
            guard ends.count == 2, let ahead = state.between(ends[0], ends[1]),
                let behind = state.between(ends[1], ends[0]),
                let base = state.commit(ends[0])
            else { return nil }
            return [
                "status": "ahead", "ahead_by": JSONValue(ahead.count), "behind_by": JSONValue(behind.count),
                "total_commits": JSONValue(ahead.count), "base_commit": commit(base, isWhole: false),
                "merge_base_commit": commit(base, isWhole: false), "url": .string("\(repository)/compare/\(text)"),
                // GitHub gives the oldest first.
                "commits": .array(ahead.reversed().map { commit($0, isWhole: false) }),
                "files": ahead.first.map(files) ?? [],
            ]
        }

        private func pulls(_ rest: [String]) -> JSONValue? {
            guard let number = rest.first.flatMap({ Int($0) }) else {
                let wanted = seen.parameter("state") ?? "open"
                return .array(
                    state.requests.filter { wanted == "all" || ($0.state == "open") == (wanted == "open") }.map(pull))
            }
            guard let found = state.requests.first(where: { $0.number == number }) else { return nil }
            switch rest.dropFirst().first {
            case nil: return pull(found)
            case "files": return state.commit(found.commit).map(files)
            case "reviews":
                return .array(
                    found.reviews.map {
                        [
                            "id": 1, "user": ["login": .string($0.user)],
                            "state": $0.isApproval ? "APPROVED" : "COMMENTED",
                        ]
                    })
            default: return nil
            }
        }

        private func pull(_ request: GitHostState.Request) -> JSONValue {
            [
                "id": JSONValue(request.number), "number": JSONValue(request.number), "title": .string(request.title),
                "state": request.state == "open" ? "open" : "closed", "draft": false, "body": "Why and how.",
                "user": ["login": "alice"], "labels": [["name": "bug"]],
                "head": [
                    "ref": .string(request.source), "sha": .string(request.commit),
                    "label": .string("acme:\(request.source)"),
                ],
                "base": ["ref": "main"], "updated_at": "2026-11-30T20:00:00Z", "mergeable_state": "clean",
                "merged_at": request.state == "merged" ? "2026-11-30T20:00:00Z" : .null,
                "merge_commit_sha": .string(request.commit),
                "url": .string("\(repository)/pulls/\(request.number)"),
            ]
        }

        private func actions(_ rest: [String]) -> JSONValue? {
            guard rest.first == "runs" else { return nil }
            guard let id = rest.dropFirst().first.flatMap({ Int($0) }) else {
                let runs = state.pipelines.filter { run in
                    (seen.parameter("head_sha").map { $0 == run.commit } ?? true)
                        && (seen.parameter("branch").map { $0 == run.ref } ?? true)
                        && (seen.parameter("status").map { ($0 == "failure") == run.isFailed } ?? true)
                }
                return ["total_count": JSONValue(runs.count), "workflow_runs": .array(runs.map(run))]
            }
            guard let found = state.pipelines.first(where: { $0.id == id }) else { return nil }
            guard rest.last == "jobs" else { return run(found) }
            return ["total_count": JSONValue(found.jobs.count), "jobs": .array(found.jobs.map { job($0, of: found) })]
        }

        private func run(_ pipeline: GitHostState.Pipeline) -> JSONValue {
            let url = "\(repository)/actions/runs/\(pipeline.id)"
            return [
                "id": JSONValue(pipeline.id), "name": "CI", "run_number": 12, "head_branch": .string(pipeline.ref),
                "head_sha": .string(pipeline.commit), "event": "push", "status": "completed",
                "conclusion": pipeline.isFailed ? "failure" : "success", "created_at": "2026-11-30T20:30:00Z",
                "url": .string(url), "jobs_url": .string(url + "/jobs"),
            ]
        }

        private func job(_ job: GitHostState.Job, of pipeline: GitHostState.Pipeline) -> JSONValue {
            [
                "id": JSONValue(job.id), "run_id": JSONValue(pipeline.id), "name": .string(job.name),
                "status": "completed",
                "conclusion": job.isFailed ? "failure" : "success", "started_at": "2026-11-30T20:30:00Z",
                "completed_at": "2026-11-30T20:31:05Z", "url": .string("\(repository)/actions/jobs/\(job.id)"),
                "steps": [
                    [
                        "name": "Run make test", "number": 1, "status": "completed",
                        "conclusion": job.isFailed ? "failure" : "success",
                    ]
                ],
            ]
        }
    }
}
