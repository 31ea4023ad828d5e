import KubeModel
import Synchronization
import TestWeb

/// A GitLab of one project, as version 4 of its REST API answers. What it does is held to GitLab's behaviour by python-gitlab
/// (`hack/peers/git-hosts`).
package final class TestGitLab: Sendable {
    package static let token = "glpat-a-token-of-tests-0123456789"

    package let web: TestWebServer
    private let content: Mutex<GitHostState>

    package init(_ state: GitHostState = .shop(), prefix: String = "/gitlab") {
        web = TestWebServer(prefix: prefix)
        content = Mutex(state)
        web.handle { [self] in answer(to: $0) }
    }

    package func change(_ body: (inout GitHostState) -> Void) { content.withLock { body(&$0) } }

    private func answer(to seen: SeenRequest) -> TestAnswer {
        let state = content.withLock(\.self)
        let isKnown =
            seen.headers["private-token"] == Self.token || seen.headers["authorization"] == "Bearer \(Self.token)"
        guard isKnown else { return .init(401, json: ["message": "401 Unauthorized"]) }
        guard !state.forbidden.contains(seen.parts.last ?? "") else {
            return .init(
                403,
                json: ["error": "insufficient_scope", "error_description": "The request requires higher privileges"])
        }
        if seen.parts.last == "trace" {
            let job = state.pipelines.flatMap(\.jobs).first { String($0.id) == seen.parts.dropLast().last }
            guard let job else { return .init(404, json: ["message": "404 Not Found"]) }
            let section = "section_start:1796072400:step_script\r\u{1B}[0K"
            return .init(200, section + job.log, headers: ["content-type": "text/plain"])
        }
        guard let json = Reply(state: state, seen: seen).json() else {
            return .init(404, json: ["message": "404 Project Not Found"])
        }
        guard let list = json.array else { return .init(200, json: json) }
        let (size, number) = (Int(seen.parameter("per_page") ?? "") ?? 20, Int(seen.parameter("page") ?? "") ?? 1)
        let start = min((number - 1) * size, list.count)
        let hasNext = start + size < list.count
        var headers = [
            "x-page": String(number), "x-per-page": String(size), "x-total": String(list.count),
            "x-next-page": hasNext ? String(number + 1) : "", "x-total-pages": String((list.count + size - 1) / size),
        ]
        if hasNext {
            headers["link"] = "<\(web.url)\(seen.path)?\(seen.query(forPage: number + 1, of: size))>; rel=\"next\""
        }
        return .init(200, json: .array(Array(list[start...].prefix(size))), headers: headers)
    }

    private struct Reply {
        let state: GitHostState
        let seen: SeenRequest

        func json() -> JSONValue? {
            guard seen.parts.starts(with: ["api", "v4"]) else { return nil }
            let parts = Array(seen.parts.dropFirst(2))
            switch parts.first {
            case "user": return ["id": 1, "username": "copilot", "name": "Copilot"]
            case "version": return ["version": "18.5.1-ee", "revision": "abc"]
            case "projects": break
            default: return nil
            }
            guard let project = parts.dropFirst().first else { return [about] }
            guard project == state.path || project == "1" else { return nil }
            let rest = Array(parts.dropFirst(2))
            switch rest.first {
            case nil: return about
            case "repository": return repository(Array(rest.dropFirst()))
            case "merge_requests": return requests(Array(rest.dropFirst()))
            case "pipelines": return pipelines(Array(rest.dropFirst()))
            case "jobs":
                let job = state.pipelines.flatMap(\.jobs).first { String($0.id) == rest.last }
                return job.map(self.job)
            default: return nil
            }
        }

        private var about: JSONValue {
            ["id": 1, "path_with_namespace": .string(state.path), "name": "shop", "default_branch": "main"]
        }

        private func repository(_ rest: [String]) -> JSONValue? {
            if rest.first == "compare" {
                guard let from = seen.parameter("from"), let to = seen.parameter("to"),
                    let found = state.between(from, to)
                else { return nil }
                return [
                    "commits": .array(found.reversed().map(commit)), "diffs": found.first.map(diffs) ?? [],
                    "compare_timeout": false, "compare_same_ref": .bool(from == to),
                ]
            }
            guard rest.first == "commits" else { return nil }
            guard let ref = rest.dropFirst().first else {
                guard let start = state.commit(seen.parameter("ref_name") ?? "HEAD") else { return nil }
                return .array(state.commits.drop { $0.id != start.id }.map(commit))
            }
            guard let found = state.commit(ref) else { return nil }
            switch rest.dropFirst(2).first {
            case nil: return commit(found)
            case "diff": return diffs(found)
            case "merge_requests": return .array(state.requests.filter { $0.commit == found.id }.map(request))
            case "statuses":
                return .array(
                    state.pipelines.filter { $0.commit == found.id }.flatMap(\.jobs).map {
                        [
                            "id": JSONValue($0.id), "name": .string($0.name),
                            "status": $0.isFailed ? "failed" : "success",
                        ]
                    })
            default: return nil
            }
        }

        private func commit(_ commit: GitHostState.Commit) -> JSONValue {
            [
                "id": .string(commit.id), "short_id": .string(String(commit.id.prefix(8))),
                "title": .string(String(commit.message.prefix { $0 != "\n" })), "message": .string(commit.message),
                "author_name": "Alice", "committed_date": .string("\(commit.date)"), "parent_ids": [],
            ]
        }

        private func diffs(_ commit: GitHostState.Commit) -> JSONValue {
            .array(
                commit.files.map {
                    [
                        "old_path": .string($0.path), "new_path": .string($0.path), "new_file": false,
                        "renamed_file": false, "deleted_file": false, "diff": .string($0.patch),
                    ]
                })
        }

        private func requests(_ rest: [String]) -> JSONValue? {
            guard let number = rest.first.flatMap({ Int($0) }) else {
                let wanted = seen.parameter("state") ?? "all"
                return .array(
                    state.requests.filter { wanted == "all" || wanted == ($0.state == "open" ? "opened" : $0.state) }
                        .map(request))
            }
            guard let found = state.requests.first(where: { $0.number == number }) else { return nil }
            switch rest.dropFirst().first {
            case nil: return request(found)
            case "diffs": return state.commit(found.commit).map(diffs)
            case "approvals":
                return [
                    "approved_by": .array(
                        found.reviews.filter(\.isApproval).map { ["user": ["username": .string($0.user)]] })
                ]
            default: return nil
            }
        }

        private func request(_ request: GitHostState.Request) -> JSONValue {
            [
                "id": JSONValue(request.number + 1000), "iid": JSONValue(request.number), "project_id": 1,
                "title": .string(request.title), "state": .string(request.state == "open" ? "opened" : request.state),
                "draft": false, "author": ["username": "alice"], "source_branch": .string(request.source),
                "target_branch": "main", "updated_at": "2026-11-30T20:00:00.000Z", "sha": .string(request.commit),
                "merged_at": request.state == "merged" ? "2026-11-30T20:00:00.000Z" : .null,
                "merge_commit_sha": .string(request.commit), "labels": ["bug"], "description": "Why and how.",
                "detailed_merge_status": "mergeable",
            ]
        }

        private func pipelines(_ rest: [String]) -> JSONValue? {
            guard let id = rest.first.flatMap({ Int($0) }) else {
                return .array(
                    state.pipelines.filter { pipeline in
                        (seen.parameter("sha").map { $0 == pipeline.commit } ?? true)
                            && (seen.parameter("ref").map { $0 == pipeline.ref } ?? true)
                            && (seen.parameter("status").map { ($0 == "failed") == pipeline.isFailed } ?? true)
                    }.map(pipeline))
            }
            guard let found = state.pipelines.first(where: { $0.id == id }) else { return nil }
            return rest.last == "jobs" ? .array(found.jobs.map(job)) : pipeline(found)
        }

        private func pipeline(_ pipeline: GitHostState.Pipeline) -> JSONValue {
            [
                "id": JSONValue(pipeline.id), "iid": 12, "project_id": 1, "ref": .string(pipeline.ref),
                "sha": .string(pipeline.commit), "source": "push", "status": pipeline.isFailed ? "failed" : "success",
                "created_at": "2026-11-30T20:30:00.000Z",
            ]
        }

        private func job(_ job: GitHostState.Job) -> JSONValue {
            [
                "id": JSONValue(job.id), "name": .string(job.name), "stage": .string(job.stage), "duration": 65.2,
                "status": job.isFailed ? "failed" : "success", "allow_failure": false,
                "failure_reason": job.isFailed ? "script_failure" : .null,
            ]
        }
    }
}
