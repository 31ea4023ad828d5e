import KubeModel

/// A job, a folder or a project of branches.
package struct JenkinsJob: Sendable, Hashable {
    package var path: JenkinsPath
    /// The last part of its Java class: `WorkflowJob`, `Folder`, `WorkflowMultiBranchProject`, `FreeStyleProject`.
    package var type: String
    package var description: String
    /// As Jenkins shows it: `blue`, `red_anime`; nil for folders.
    package var color: String?
    package var isBuildable: Bool?
    package var isInQueue: Bool
    package var nextBuildNumber: Int?
    package var lastBuild: JenkinsBuild?
    package var lastSuccessful: Int?
    package var lastFailed: Int?
    package var parameters: [JenkinsParameter]
    package var downstream: [String]
    package var upstream: [String]
    package var health: [String]
    /// Of a folder, as far as they were asked for.
    package var children: [JenkinsJob]

    /// - Parameter parent: the parts of the folder's name.
    init?(_ json: JSONValue, in parent: [String]) {
        guard let name = json["name"]?.string, !name.isEmpty else { return nil }
        self.init(json, path: JenkinsPath(parts: parent + [name]))
    }

    init(_ json: JSONValue, path: JenkinsPath) {
        self.path = path
        type = String(json["_class"]?.string?.split(separator: ".").last ?? "")
        description = json["description"]?.string ?? ""
        color = json["color"]?.string
        isBuildable = json["buildable"]?.bool
        isInQueue = json["inQueue"]?.bool ?? false
        nextBuildNumber = json["nextBuildNumber"]?.int
        lastBuild = json["lastBuild"].flatMap { JenkinsBuild($0) }
        lastSuccessful = json["lastSuccessfulBuild", "number"]?.int
        lastFailed = json["lastFailedBuild", "number"]?.int
        parameters =
            ((json["property"]?.array ?? []) + (json["actions"]?.array ?? []))
            .flatMap { $0["parameterDefinitions"]?.array ?? [] }.compactMap(JenkinsParameter.init)
            .reduce(into: []) { list, parameter in
                if !list.contains(where: { $0.name == parameter.name }) { list.append(parameter) }
            }
        func names(_ member: String) -> [String] {
            (json[member]?.array ?? []).compactMap { other in
                other["url"]?.string.flatMap { JenkinsPath(url: $0) }?.description ?? other["name"]?.string
            }
        }
        downstream = names("downstreamProjects")
        upstream = names("upstreamProjects")
        health = (json["healthReport"]?.array ?? []).compactMap { $0["description"]?.string }
        children = (json["jobs"]?.array ?? []).compactMap { JenkinsJob($0, in: path.parts) }
    }

    /// Whether it has jobs in place of builds.
    package var isFolder: Bool { color == nil && !type.hasSuffix("WorkflowJob") && !type.hasSuffix("FreeStyleProject") }

    /// How its last build ended, in a word.
    package var state: String {
        guard let color else { return isFolder ? "folder" : "unknown" }
        let isRunning = color.hasSuffix("_anime")
        let words = [
            "blue": "success", "green": "success", "yellow": "unstable", "red": "failed", "aborted": "aborted",
            "disabled": "disabled", "notbuilt": "never built", "nobuilt": "never built", "grey": "never built",
        ]
        let base = isRunning ? String(color.dropLast(6)) : color
        let word = words[base] ?? base
        return isRunning ? "running (last: \(word))" : word
    }

    package var isDisabled: Bool { color?.hasPrefix("disabled") == true }
}

extension JenkinsClient {
    private static let jobTree =
        "_class,name,description,buildable,color,inQueue,nextBuildNumber,"
        + "lastBuild[number,result,building,timestamp,duration],lastSuccessfulBuild[number],lastFailedBuild[number],"
        + "downstreamProjects[name,url],upstreamProjects[name,url],healthReport[description],"
        + "property[\(parameterTree)],actions[\(parameterTree)],jobs[_class,name,color]{0,100}"
    private static let parameterTree =
        "parameterDefinitions[_class,name,type,description,choices,defaultParameterValue[value]]"

    package func job(_ path: JenkinsPath) async throws -> JenkinsJob {
        try check(path)
        return JenkinsJob(try await json("job \(path)", at: path.segments, tree: Self.jobTree), path: path)
    }

    /// Jobs of a folder and of the folders in it.
    ///
    /// - Parameters:
    ///   - folder: nil for all of Jenkins.
    ///   - depth: how many levels of folders.
    /// - Returns: in Jenkins's order, each folder before what is in it. Folders are part of it whatever the integration
    ///   allows; jobs are those that it allows.
    package func jobs(in folder: JenkinsPath?, depth: Int) async throws -> [JenkinsJob] {
        var tree = "jobs[_class,name,color]"
        for _ in 1..<max(1, depth) { tree = "jobs[_class,name,color,\(tree)]" }
        let what = folder.map { "folder \($0)" } ?? "its jobs"
        let json = try await json(what, at: folder?.segments ?? [], tree: "_class,\(tree)")
        let parent = folder?.parts ?? []
        guard json["jobs"] != nil else {
            throw IntegrationError(
                .notFound, message: "\(what) in Jenkins \(name) has no jobs in it: it is a job itself")
        }
        var list: [JenkinsJob] = []
        func add(_ jobs: [JSONValue], parent: [String]) {
            for json in jobs {
                guard var job = JenkinsJob(json, in: parent) else { continue }
                job.children = []
                if job.isFolder || self.jobs.allow(job.path.description) { list.append(job) }
                add(json["jobs"]?.array ?? [], parent: job.path.parts)
            }
        }
        add(json["jobs"]?.array ?? [], parent: parent)
        return list
    }
}
