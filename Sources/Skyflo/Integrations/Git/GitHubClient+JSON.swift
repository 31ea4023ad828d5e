import KubeModel

extension GitHubClient {
    static func commit(_ json: JSONValue) -> GitCommit? {
        guard let id = json["sha"]?.string, GitReference.isCommit(id) else { return nil }
        let author = json["commit", "author"]
        return GitCommit(
            id: id, message: json["commit", "message"]?.string ?? "",
            author: author?["name"]?.string ?? json["author", "login"]?.string ?? "",
            date: json["commit", "committer", "date"]?.gitTime ?? author?["date"]?.gitTime,
            parents: (json["parents"]?.array ?? []).compactMap { $0["sha"]?.string })
    }

    static func file(_ json: JSONValue) -> GitFileChange? {
        guard let path = json["filename"]?.string else { return nil }
        return GitFileChange(
            path: path, oldPath: json["previous_filename"]?.string, status: json["status"]?.string ?? "",
            additions: json["additions"]?.int, deletions: json["deletions"]?.int, patch: json["patch"]?.string)
    }

    static func mergeRequest(_ json: JSONValue) -> GitMergeRequest? {
        guard let number = json["number"]?.int, let title = json["title"]?.string else { return nil }
        let merged = json["merged_at"]?.gitTime
        return GitMergeRequest(
            number: number, title: title, state: merged == nil ? json["state"]?.string ?? "" : "merged",
            isDraft: json["draft"]?.bool ?? false, author: json["user", "login"]?.string ?? "",
            source: json["head", "label"]?.string ?? json["head", "ref"]?.string ?? "",
            target: json["base", "ref"]?.string ?? "", updated: json["updated_at"]?.gitTime, merged: merged,
            headCommit: json["head", "sha"]?.string, mergeCommit: json["merge_commit_sha"]?.string,
            labels: (json["labels"]?.array ?? []).compactMap { $0["name"]?.string },
            text: json["body"]?.string ?? "", mergeability: json["mergeable_state"]?.string)
    }

    static func run(_ json: JSONValue) -> GitPipeline? {
        guard let id = json["id"]?.int else { return nil }
        let name = json["name"]?.string ?? "workflow"
        return GitPipeline(
            id: id, name: json["run_number"]?.int.map { "\(name) #\($0)" } ?? name,
            ref: json["head_branch"]?.string ?? "", commit: json["head_sha"]?.string ?? "",
            event: json["event"]?.string ?? "", status: json["conclusion"]?.string ?? json["status"]?.string ?? "",
            created: json["created_at"]?.gitTime)
    }

    static func job(_ json: JSONValue) -> GitJob? {
        guard let id = json["id"]?.int, let name = json["name"]?.string else { return nil }
        let (begin, end) = (json["started_at"]?.gitTime, json["completed_at"]?.gitTime)
        let failed = (json["steps"]?.array ?? []).filter { $0["conclusion"] == "failure" }
        return GitJob(
            id: id, name: name, stage: "", status: json["conclusion"]?.string ?? json["status"]?.string ?? "",
            duration: begin.flatMap { begin in end.map { Int($0.seconds(since: begin)) } },
            reasons: failed.compactMap { step in step["name"]?.string.map { "step \"\($0)\" failed" } }, mayFail: false)
    }
}
