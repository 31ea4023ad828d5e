import KubeModel

/// What Jenkins answers about what it has, whole: the tree of a request chooses from it.
extension JenkinsState {
    static func path(_ name: String) -> String {
        name.split(separator: "/").map { "job/\(PercentEncoding.segment(String($0)))/" }.joined()
    }

    /// - Parameters:
    ///   - folder: empty for the root.
    ///   - depth: of folders in it.
    func children(of folder: String, root: String, depth: Int = 10) -> [JSONValue] {
        let prefix = folder.isEmpty ? "" : folder + "/"
        func isChild(_ name: String) -> Bool {
            name.hasPrefix(prefix) && !name.dropFirst(prefix.count).contains("/") && name != folder
        }
        return (Array(folders.keys) + Array(jobs.keys)).filter(isChild).sorted().map { name in
            jobs[name] != nil ? job(name, root: root) : self.folder(name, root: root, depth: depth - 1)
        }
    }

    func folder(_ name: String, root: String, depth: Int = 10) -> JSONValue {
        [
            "_class": .string(folders[name] ?? "com.cloudbees.hudson.plugins.folder.Folder"),
            "name": .string(String(name.split(separator: "/").last ?? "")), "fullName": .string(name),
            "url": .string(root + Self.path(name)), "description": .null,
            "jobs": .array(depth > 0 ? children(of: name, root: root, depth: depth) : []), "actions": [],
            "property": [],
        ]
    }

    func job(_ name: String, root: String) -> JSONValue {
        guard let job = jobs[name] else { return .null }
        let url = root + Self.path(name)
        let builds = job.builds.sorted { $0.number > $1.number }.map { self.json($0, of: name, root: root) }
        func last(_ reference: String) -> JSONValue {
            number(reference, of: job).flatMap { number in builds.first { $0["number"]?.int == number } } ?? .null
        }
        let definitions: JSONValue = [
            "_class": "hudson.model.ParametersDefinitionProperty", "parameterDefinitions": .array(job.parameters),
        ]
        let properties: JSONValue = job.parameters.isEmpty ? [] : [definitions]
        return [
            "_class": .string(job.type), "name": .string(String(name.split(separator: "/").last ?? "")),
            "fullName": .string(name), "displayName": .string(String(name.split(separator: "/").last ?? "")),
            "url": .string(url), "description": .string(job.description), "buildable": .bool(!job.isDisabled),
            "color": .string(color(of: job)), "disabled": .bool(job.isDisabled),
            "inQueue": .bool(items.contains { $0.job == name && $0.build == nil && !$0.isCancelled }),
            "queueItem": .null, "concurrentBuild": true, "keepDependencies": false,
            "scm": ["_class": "hudson.scm.NullSCM"],
            "nextBuildNumber": JSONValue(job.nextNumber), "builds": .array(Array(builds.prefix(100))),
            "allBuilds": .array(builds), "firstBuild": builds.last ?? .null, "lastBuild": last("lastBuild"),
            "lastCompletedBuild": last("lastCompletedBuild"), "lastSuccessfulBuild": last("lastSuccessfulBuild"),
            "lastStableBuild": last("lastStableBuild"), "lastUnstableBuild": last("lastUnstableBuild"),
            "lastFailedBuild": last("lastFailedBuild"), "lastUnsuccessfulBuild": last("lastUnsuccessfulBuild"),
            "property": properties, "actions": properties, "healthReport": [],
            "downstreamProjects": .array(
                job.downstream.map {
                    [
                        "name": .string(String($0.split(separator: "/").last ?? "")),
                        "url": .string(root + Self.path($0)),
                    ]
                }),
            "upstreamProjects": [],
        ]
    }

    private func color(of job: Job) -> String {
        if job.isDisabled { return "disabled" }
        guard let last = job.builds.last else { return "notbuilt" }
        let colors = ["SUCCESS": "blue", "UNSTABLE": "yellow", "FAILURE": "red", "ABORTED": "aborted"]
        let ended = job.builds.last { $0.result != nil }?.result
        return (ended.flatMap { colors[$0] } ?? "notbuilt") + (last.result == nil ? "_anime" : "")
    }

    func json(_ build: Build, of name: String, root: String) -> JSONValue {
        let values: [JSONValue] = build.values.map { value in
            let definition = jobs[name]?.parameters.first { $0["name"]?.string == value.name }
            let type = definition?["type"]?.string ?? "StringParameterDefinition"
            let kind = type.replacing("Definition", with: "Value")
            guard !type.hasPrefix("Password") else {
                return ["_class": .string("hudson.model.\(kind)"), "name": .string(value.name)]
            }
            return [
                "_class": .string("hudson.model.\(kind)"), "name": .string(value.name),
                "value": type.hasPrefix("Boolean") ? .bool(value.value == "true") : .string(value.value),
            ]
        }
        var actions: [JSONValue] = [["_class": "hudson.model.CauseAction", "causes": .array(build.causes)]]
        if !values.isEmpty {
            actions.append(["_class": "hudson.model.ParametersAction", "parameters": .array(values)])
        }
        let url = "\(root)\(Self.path(name))\(build.number)/"
        return [
            "_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "number": JSONValue(build.number),
            "id": .string(String(build.number)), "url": .string(url),
            "result": build.result.map(JSONValue.string) ?? .null, "building": .bool(build.result == nil),
            "inProgress": .bool(build.result == nil), "timestamp": JSONValue(Self.time + build.number * 60_000),
            "duration": JSONValue(build.result == nil ? 0 : 61_000), "estimatedDuration": 60_000,
            "displayName": .string(build.displayName),
            "fullDisplayName": .string("\(name.replacing("/", with: " » ")) \(build.displayName)"),
            "description": build.description.isEmpty ? .null : .string(build.description),
            "queueId": JSONValue(build.queueID), "keepLog": false, "actions": .array(actions + build.extra),
            "artifacts": .array(
                build.artifacts.keys.sorted().map { path in
                    [
                        "displayPath": .string(path),
                        "fileName": .string(String(path.split(separator: "/").last ?? "")),
                        "relativePath": .string(path),
                    ]
                }),
            "changeSets": .array(
                build.changes.isEmpty
                    ? []
                    : [
                        [
                            "_class": "hudson.plugins.git.GitChangeSetList", "items": .array(build.changes),
                            "kind": "git",
                        ]
                    ]),
            "culprits": [], "nextBuild": .null, "previousBuild": .null, "executor": .null,
        ]
    }

    func json(_ item: Item, root: String) -> JSONValue {
        var json: JSONValue = [
            "_class": .string(
                item.build != nil || item.isCancelled
                    ? "hudson.model.Queue$LeftItem" : "hudson.model.Queue$WaitingItem"),
            "id": JSONValue(item.id), "blocked": false, "buildable": false, "stuck": false,
            "inQueueSince": JSONValue(Self.time), "why": item.build == nil ? .string(item.why) : .null,
            "params": .string(item.values.map { "\n\($0.name)=\($0.value)" }.joined()),
            "url": .string("queue/item/\(item.id)/"),
            "task": [
                "_class": .string(jobs[item.job]?.type ?? ""),
                "name": .string(String(item.job.split(separator: "/").last ?? "")),
                "url": .string(root + Self.path(item.job)), "color": "blue",
            ],
            "actions": [
                ["_class": "hudson.model.CauseAction", "causes": .array(item.causes)],
                [
                    "_class": "hudson.model.ParametersAction",
                    "parameters": .array(item.values.map { ["name": .string($0.name), "value": .string($0.value)] }),
                ],
            ],
        ]
        if item.build != nil || item.isCancelled { json["cancelled"] = .bool(item.isCancelled) }
        if let number = item.build {
            json["executable"] = [
                "_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "number": JSONValue(number),
                "url": .string("\(root)\(Self.path(item.job))\(number)/"),
            ]
        }
        return json
    }
}
