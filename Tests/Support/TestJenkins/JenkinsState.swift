import KubeModel

/// What a Jenkins has, and how it moves: a queue item becomes a build, and a build ends, when they are looked at often enough,
/// so that no test waits for a clock.
package struct JenkinsState: Sendable {
    package struct Job: Sendable {
        package var type = "org.jenkinsci.plugins.workflow.job.WorkflowJob"
        package var description = ""
        package var parameters: [JSONValue] = []
        package var isDisabled = false
        package var builds: [Build] = []
        package var nextNumber = 1
        package var downstream: [String] = []
        /// How new builds end; nil: only when a test ends them.
        package var outcome: String? = "SUCCESS"
        package var log = "Started by user copilot\nhello\nFinished: SUCCESS\n"
        package var stages: [JSONValue] = []

        package init() {}
    }

    package struct Build: Sendable {
        package var number: Int
        package var result: String?
        package var queueID: Int
        package var values: [(name: String, value: String)] = []
        package var causes: [JSONValue] = []
        package var description = ""
        package var displayName: String
        package var log: [UInt8] = []
        package var inputs: [JSONValue] = []
        package var artifacts: [String: [UInt8]] = [:]
        package var tests: JSONValue?
        package var extra: [JSONValue] = []
        package var changes: [JSONValue] = []
        package var looks = 0

        package init(_ number: Int, queueID: Int) {
            self.number = number
            self.queueID = queueID
            displayName = "#\(number)"
        }
    }

    package struct Item: Sendable {
        package var id: Int
        package var job: String
        package var values: [(name: String, value: String)]
        package var causes: [JSONValue]
        package var why = "In the quiet period. Expires in 0 ms"
        package var isCancelled = false
        package var build: Int?
        package var looks = 0
        /// Only when a test lets it go on.
        package var isHeld = false
    }

    package var folders: [String: String] = [:]
    package var jobs: [String: Job] = [:]
    package var items: [Item] = []
    package var nextItem = 1
    package var holdsQueue = false
    package static let time = 1_800_000_000_000

    package init() {}

    package mutating func folder(_ name: String, type: String = "com.cloudbees.hudson.plugins.folder.Folder") {
        folders[name] = type
    }

    package mutating func job(_ name: String, _ change: (inout Job) -> Void = { _ in }) {
        var parts = name.split(separator: "/").dropLast().map(String.init)
        while !parts.isEmpty {
            let folder = parts.joined(separator: "/")
            if folders[folder] == nil { self.folder(folder) }
            parts.removeLast()
        }
        var job = jobs[name] ?? Job()
        change(&job)
        jobs[name] = job
    }

    /// Puts an ended build in place.
    package mutating func build(
        _ name: String, result: String? = "SUCCESS", log: String? = nil, _ change: (inout Build) -> Void = { _ in }
    ) {
        guard var job = jobs[name] else { return }
        var build = Build(job.nextNumber, queueID: nextItem)
        build.result = result
        build.log = Array((log ?? job.log).utf8)
        build.causes = [Self.user("copilot")]
        change(&build)
        job.nextNumber += 1
        nextItem += 1
        job.builds.append(build)
        jobs[name] = job
    }

    static func user(_ id: String) -> JSONValue {
        [
            "_class": "hudson.model.Cause$UserIdCause", "shortDescription": .string("Started by user \(id)"),
            "userId": .string(id), "userName": .string(id),
        ]
    }

    // MARK: Moving

    /// - Returns: the item's id, and whether it is one that waited already with the same parameters.
    mutating func enqueue(
        _ name: String, values: [(name: String, value: String)], causes: [JSONValue]
    ) -> (id: Int, isOld: Bool) {
        if let same = items.first(where: { item in
            item.job == name && item.build == nil && !item.isCancelled && item.values.elementsEqual(values, by: ==)
        }) {
            return (same.id, true)
        }
        var item = Item(id: nextItem, job: name, values: values, causes: causes)
        item.isHeld = holdsQueue
        nextItem += 1
        items.append(item)
        return (item.id, false)
    }

    mutating func look(atItem id: Int) {
        guard let at = items.firstIndex(where: { $0.id == id }) else { return }
        items[at].looks += 1
        if items[at].looks > 1, !items[at].isHeld { start(at) }
    }

    /// Lets every waiting item become a build.
    package mutating func startAll() { for at in items.indices { start(at) } }

    private mutating func start(_ at: Int) {
        let item = items[at]
        guard item.build == nil, !item.isCancelled, var job = jobs[item.job] else { return }
        var build = Build(job.nextNumber, queueID: item.id)
        build.values = item.values
        build.causes = item.causes
        build.log = Array(job.log.utf8)
        job.nextNumber += 1
        items[at].build = build.number
        job.builds.append(build)
        jobs[item.job] = job
    }

    mutating func look(atBuild number: Int, of name: String) {
        for at in items.indices where items[at].job == name && items[at].looks > 0 && !items[at].isHeld { start(at) }
        guard let at = jobs[name]?.builds.firstIndex(where: { $0.number == number }), let outcome = jobs[name]?.outcome
        else { return }
        jobs[name]?.builds[at].looks += 1
        if let build = jobs[name]?.builds[at], build.result == nil, build.inputs.isEmpty, build.looks > 1 {
            jobs[name]?.builds[at].result = outcome
        }
    }

    package mutating func end(_ name: String, _ number: Int, result: String) {
        guard let at = jobs[name]?.builds.firstIndex(where: { $0.number == number }) else { return }
        jobs[name]?.builds[at].result = result
        jobs[name]?.builds[at].inputs = []
    }

    package func build(_ number: Int, of name: String) -> Build? { jobs[name]?.builds.first { $0.number == number } }

    /// The number that a name of a build stands for.
    func number(_ reference: String, of job: Job) -> Int? {
        if let number = Int(reference) { return job.builds.contains { $0.number == number } ? number : nil }
        let builds = job.builds.sorted { $0.number > $1.number }
        let found = builds.first { build in
            switch reference {
            case "lastBuild": true
            case "lastCompletedBuild": build.result != nil
            case "lastSuccessfulBuild": build.result == "SUCCESS" || build.result == "UNSTABLE"
            case "lastStableBuild": build.result == "SUCCESS"
            case "lastUnstableBuild": build.result == "UNSTABLE"
            case "lastFailedBuild": build.result == "FAILURE"
            case "lastUnsuccessfulBuild": build.result != nil && build.result != "SUCCESS"
            default: false
            }
        }
        return found?.number
    }
}
