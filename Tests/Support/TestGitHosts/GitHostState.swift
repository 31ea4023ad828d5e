import KubeModel
import TestWeb

/// What a code host of a test has: one repository, with commits in a row, requests to merge and pipelines.
package struct GitHostState: Sendable {
    package struct Commit: Sendable {
        package var id: String
        package var message: String
        package var date: KubeTime
        package var files: [(path: String, patch: String)] = []
    }

    package struct Request: Sendable {
        package var number: Int
        package var title: String
        package var state = "open"
        package var source = "fix"
        package var commit: String
        package var reviews: [(user: String, isApproval: Bool)] = []
    }

    package struct Job: Sendable {
        package var id: Int
        package var name: String
        package var stage = "test"
        package var isFailed = false
        package var log = ""
    }

    package struct Pipeline: Sendable {
        package var id: Int
        package var commit: String
        package var ref = "main"
        package var isFailed = false
        package var jobs: [Job] = []
    }

    package var path = "acme/shop"
    /// The newest first.
    package var commits: [Commit] = []
    /// Branches and tags, with their commits.
    package var refs: [String: String] = [:]
    package var requests: [Request] = []
    package var pipelines: [Pipeline] = []
    /// By the last part of what is asked for: `check-runs` for 403.
    package var forbidden: Set<String> = []

    package init() {}

    /// The number of a commit, of which the first seven digits are enough.
    package static func id(_ number: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 4 - text.count) + text + "c0ffee" + String(repeating: "0", count: 30)
    }

    package func commit(_ ref: String) -> Commit? {
        let id = ref == "HEAD" ? commits.first?.id : refs[ref] ?? ref
        return commits.first { $0.id == id || (ref.count >= 7 && $0.id.hasPrefix(ref)) }
    }

    /// Commits that one has and another has not.
    package func between(_ base: String, _ head: String) -> [Commit]? {
        guard let base = commit(base), let head = commit(head),
            let first = commits.firstIndex(where: { $0.id == head.id }),
            let end = commits.firstIndex(where: { $0.id == base.id })
        else { return nil }
        return first < end ? Array(commits[first..<end]) : []
    }

    /// A few commits, a request to merge and a pipeline that failed.
    package static func shop() -> GitHostState {
        var state = GitHostState()
        state.commits = (1...45).reversed().map { number in
            Commit(
                id: id(number), message: number == 45 ? "Fix the cart\n\nIt lost items." : "Change \(number)",
                date: KubeTime(seconds: 1_796_072_400 - Double(45 - number) * 3600),
                files: [("src/cart.swift", "@@ -1 +1,2 @@\n-a\n+b\n+c")])
        }
        state.refs = ["main": id(45), "v1.4.0": id(40), "feature/login": id(44)]
        state.requests = [
            Request(number: 7, title: "Fix the cart", state: "merged", commit: id(45), reviews: [("bob", true)]),
            Request(number: 8, title: "Log in", source: "feature/login", commit: id(44)),
        ]
        state.pipelines = [
            Pipeline(
                id: 900, commit: id(45), isFailed: true,
                jobs: [
                    Job(id: 1, name: "build", stage: "build"),
                    Job(
                        id: 2, name: "test", isFailed: true,
                        log: "make test\n\u{1B}[31mFAIL: cart\u{1B}[0m\nexport API_TOKEN=hunter2hunter2\nexit code 1\n"),
                ]),
            Pipeline(id: 901, commit: id(40), ref: "v1.4.0"),
        ]
        return state
    }
}

extension SeenRequest {
    /// The same query for another page of its list.
    func query(forPage page: Int, of size: Int) -> String {
        let kept = query.filter { !["page", "per_page"].contains($0.name) }
        return (kept + [("page", String(page)), ("per_page", String(size))]).map { field in
            "\(PercentEncoding.query(field.name))=\(PercentEncoding.query(field.value))"
        }.joined(separator: "&")
    }
}
