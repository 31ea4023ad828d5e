import KubeModel

/// A build that waits to begin, or that has left the queue within the last minutes.
package struct JenkinsQueueItem: Sendable, Hashable {
    package var id: Int
    /// nil where Jenkins names none that can be read.
    package var job: JenkinsPath?
    package var why: String
    package var queuedAt: KubeTime?
    package var isBlocked: Bool
    package var isStuck: Bool
    package var isCancelled: Bool
    /// The number of the build that it became.
    package var build: Int?
    package var parameters: [JenkinsBuild.Value]
    package var causes: [JenkinsBuild.Cause]

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.int else { return nil }
        self.id = id
        job = json["task", "url"]?.string.flatMap { JenkinsPath(url: $0) }
        why = json["why"]?.string ?? ""
        queuedAt = json["inQueueSince"]?.jenkinsTime
        isBlocked = json["blocked"]?.bool ?? false
        isStuck = json["stuck"]?.bool ?? false
        isCancelled = json["cancelled"]?.bool ?? false
        build = json["executable", "number"]?.int
        let actions = json["actions"]?.array ?? []
        parameters = actions.flatMap { $0["parameters"]?.array ?? [] }.compactMap { value in
            let isSecret = value["_class"]?.string?.contains("Password") ?? false
            return value["name"]?.string.map { .init(name: $0, value: isSecret ? nil : value["value"]?.jenkinsText) }
        }
        causes = actions.flatMap { $0["causes"]?.array ?? [] }.map { cause in
            .init(
                type: String(cause["_class"]?.string?.split(separator: ".").last ?? ""),
                text: cause["shortDescription"]?.string ?? "", user: cause["userId"]?.string)
        }
    }

    /// The id in a `Location` such as `https://ci.example.com/queue/item/17/`, whatever host it names.
    package static func id(inLocation location: String) -> Int? {
        let parts = location.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        guard parts.count >= 3, parts[parts.count - 3] == "queue", parts[parts.count - 2] == "item",
            let id = Int(parts[parts.count - 1]), id >= 0
        else { return nil }
        return id
    }

    /// `waits: Waiting for next available executor`
    package var state: String {
        if isCancelled { return "was cancelled" }
        if let build { return "became build #\(build)" }
        return (isStuck ? "is stuck" : isBlocked ? "is blocked" : "waits") + (why.isEmpty ? "" : ": \(why)")
    }
}

extension JenkinsClient {
    private static let itemTree =
        "id,why,inQueueSince,blocked,stuck,cancelled,task[name,url],executable[number,url],"
        + "actions[causes[_class,shortDescription,userId],parameters[_class,name,value]]"

    /// What waits of the jobs that the integration allows.
    package func queue() async throws -> [JenkinsQueueItem] {
        let json = try await json("its queue", at: ["queue"], tree: "items[\(Self.itemTree)]")
        return (json["items"]?.array ?? []).compactMap(JenkinsQueueItem.init).filter { item in
            item.job.map { jobs.allow($0.description) } ?? jobs.patterns.isEmpty
        }
    }

    /// - Returns: nil where there is none any more: Jenkins forgets an item some minutes after it has left the queue.
    /// - Throws: ``IntegrationError`` where it is of a job that the integration doesn't allow.
    package func queueItem(_ id: Int) async throws -> JenkinsQueueItem? {
        let found: JSONValue
        do {
            found = try await json("queue item \(id)", at: ["queue", "item", String(id)], tree: Self.itemTree)
        } catch let error as IntegrationError where error.code == .notFound {
            return nil
        }
        guard let item = JenkinsQueueItem(found), item.id == id else {
            throw IntegrationError(.malformed, message: "Jenkins \(name) says nothing usable of queue item \(id)")
        }
        if let job = item.job {
            try check(job)
        } else if !jobs.patterns.isEmpty {
            throw IntegrationError(.refused, message: "it isn't known of which job queue item \(id) is")
        }
        return item
    }
}
