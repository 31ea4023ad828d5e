import KubeModel

/// A build of a job.
package struct JenkinsBuild: Sendable, Hashable {
    package struct Cause: Sendable, Hashable {
        package var type: String
        package var text: String
        package var user: String?
    }

    package struct Value: Sendable, Hashable {
        package var name: String
        /// nil where Jenkins doesn't tell it, as of passwords.
        package var value: String?
    }

    package struct Change: Sendable, Hashable {
        package var commit: String
        package var author: String
        package var message: String
        package var paths: [String]
    }

    package struct Revision: Sendable, Hashable {
        package var remotes: [String]
        package var commit: String
        package var branches: [String]
    }

    package var number: Int
    /// `SUCCESS`, `UNSTABLE`, `FAILURE`, `NOT_BUILT`, `ABORTED`; nil while it runs.
    package var result: String?
    package var isRunning: Bool
    package var startedAt: KubeTime?
    /// In seconds.
    package var duration: Double
    package var estimatedDuration: Double?
    package var displayName: String
    package var description: String
    /// The id of the queue item that it came of.
    package var queueID: Int?
    package var causes: [Cause]
    package var parameters: [Value]
    package var artifacts: [String]
    package var changes: [Change]
    package var revisions: [Revision]

    init?(_ json: JSONValue) {
        guard let number = json["number"]?.int else { return nil }
        self.number = number
        result = json["result"]?.string
        isRunning = json["building"]?.bool ?? (json["result"].map(\.isNull) ?? false)
        startedAt = json["timestamp"]?.jenkinsTime
        duration = Double(json["duration"]?.int ?? 0) / 1000
        estimatedDuration = json["estimatedDuration"]?.int.flatMap { $0 > 0 ? Double($0) / 1000 : nil }
        displayName = json["displayName"]?.string ?? ""
        description = json["description"]?.string ?? ""
        queueID = json["queueId"]?.int
        let actions = json["actions"]?.array ?? []
        causes = actions.flatMap { $0["causes"]?.array ?? [] }.map { cause in
            Cause(
                type: String(cause["_class"]?.string?.split(separator: ".").last ?? ""),
                text: cause["shortDescription"]?.string ?? "", user: cause["userId"]?.string)
        }
        parameters = actions.flatMap { $0["parameters"]?.array ?? [] }.compactMap { value in
            guard let name = value["name"]?.string else { return nil }
            let isSecret = value["_class"]?.string?.contains("Password") ?? false
            return Value(name: name, value: isSecret ? nil : value["value"]?.jenkinsText)
        }
        artifacts = (json["artifacts"]?.array ?? []).compactMap { $0["relativePath"]?.string }
        let sets = (json["changeSets"]?.array ?? []) + [json["changeSet"]].compactMap(\.self)
        changes = sets.flatMap { $0["items"]?.array ?? [] }.map(Change.init)
        revisions = actions.compactMap(Revision.init)
    }

    /// `succeeded`, `failed`, `is running`.
    package var outcome: String {
        switch result {
        case nil: isRunning ? "is running" : "has no result"
        case "SUCCESS": "succeeded"
        case "UNSTABLE": "is unstable"
        case "FAILURE": "failed"
        case "ABORTED": "was aborted"
        case "NOT_BUILT": "was not built"
        case let other?: "ended with \(other)"
        }
    }
}

extension JSONValue {
    /// A moment in milliseconds, as Jenkins writes it; nil for what is none of the next thousands of years.
    var jenkinsTime: KubeTime? {
        guard let milliseconds = int, (0...253_402_300_799_000).contains(milliseconds) else { return nil }
        return KubeTime(microseconds: Int64(milliseconds) * 1000)
    }
}

extension JenkinsBuild.Change {
    init(_ json: JSONValue) {
        self.init(
            commit: json["commitId"]?.string ?? json["id"]?.string ?? "",
            author: json["author", "fullName"]?.string ?? json["authorEmail"]?.string ?? "",
            message: json["comment"]?.string ?? json["msg"]?.string ?? "",
            paths: (json["affectedPaths"]?.array ?? []).compactMap(\.string))
    }
}

extension JenkinsBuild.Revision {
    init?(_ json: JSONValue) {
        guard json["lastBuiltRevision"] != nil || json["remoteUrls"] != nil else { return nil }
        self.init(
            remotes: (json["remoteUrls"]?.array ?? []).compactMap(\.string),
            commit: json["lastBuiltRevision", "SHA1"]?.string ?? "",
            branches: (json["lastBuiltRevision", "branch"]?.array ?? []).compactMap { $0["name"]?.string })
    }
}

extension JenkinsClient {
    private static let changeTree = "items[commitId,id,author[fullName],authorEmail,msg,comment,affectedPaths]{0,50}"
    static let buildTree =
        "number,result,building,timestamp,duration,estimatedDuration,displayName,description,queueId,"
        + "actions[_class,causes[_class,shortDescription,userId],parameters[_class,name,value],remoteUrls,"
        + "lastBuiltRevision[SHA1,branch[name,SHA1]]],artifacts[relativePath]{0,200},"
        + "changeSet[\(changeTree)],changeSets[\(changeTree)]"
    private static let shortTree =
        "number,result,building,timestamp,duration,displayName,description,queueId,"
        + "actions[_class,causes[_class,shortDescription,userId],parameters[_class,name,value]]"

    package func build(_ build: JenkinsBuildReference, of path: JenkinsPath) async throws -> JenkinsBuild {
        try check(path)
        let what = "build \(build) of job \(path)"
        let json = try await json(what, at: path.segments + [build.description], tree: Self.buildTree)
        guard let build = JenkinsBuild(json) else {
            throw IntegrationError(.malformed, message: "Jenkins \(name) says nothing usable of \(what)")
        }
        return build
    }

    /// The newest builds, the newest first.
    package func builds(of path: JenkinsPath, count: Int) async throws -> [JenkinsBuild] {
        try check(path)
        // `builds` ends at 100.
        let member = count > 100 ? "allBuilds" : "builds"
        let json = try await json("job \(path)", at: path.segments, tree: "\(member)[\(Self.shortTree)]{0,\(count)}")
        return (json[member]?.array ?? []).compactMap { JenkinsBuild($0) }.sorted { $0.number > $1.number }
    }

    /// The build that a queue item became, among the newest.
    package func build(ofQueueItem id: Int, of path: JenkinsPath) async throws -> JenkinsBuild? {
        try await builds(of: path, count: 100).first { $0.queueID == id }
    }
}
