import KubeModel
import TestWeb

extension Routed {
    func read(_ state: inout JenkinsState) -> TestJenkins.Answer {
        if let place { return read(place.name, place.rest, &state) }
        switch parts.first {
        case "api":
            let value: JSONValue = [
                "_class": "hudson.model.Hudson", "mode": "NORMAL", "nodeDescription": "the Jenkins controller's node",
                "numExecutors": 2, "quietingDown": false, "useCrumbs": true, "useSecurity": true, "url": .string(root),
                "jobs": .array(state.children(of: "", root: root)),
                "views": [["_class": "hudson.model.AllView", "name": "all", "url": .string(root)]],
                "primaryView": ["_class": "hudson.model.AllView", "name": "all", "url": .string(root)],
            ]
            return json(value, parts)
        case "me":
            let value: JSONValue = [
                "_class": "hudson.model.User", "id": .string(user), "fullName": "Co Pilot",
                "absoluteUrl": .string("\(root)user/\(user)"), "description": .null,
            ]
            return json(value, parts.dropFirst())
        case "queue": return readQueue(&state)
        case "computer": return json(Self.nodes(root), parts.dropFirst())
        case "login", "": return .page(200, "Sign in")
        case nil: return .page(200, "Dashboard")
        default: return Self.missing
        }
    }

    private static func nodes(_ root: String) -> JSONValue {
        [
            "_class": "hudson.model.ComputerSet", "busyExecutors": 0, "totalExecutors": 2, "displayName": "Nodes",
            "computer": [
                [
                    "_class": "hudson.model.Hudson$MasterComputer", "displayName": "Built-In Node", "idle": true,
                    "offline": false, "temporarilyOffline": false, "numExecutors": 2, "offlineCauseReason": "",
                    "assignedLabels": [["name": "built-in"]], "executors": [], "oneOffExecutors": [],
                ],
                [
                    "_class": "hudson.slaves.SlaveComputer", "displayName": "agent-1", "idle": true, "offline": true,
                    "temporarilyOffline": true, "numExecutors": 4, "offlineCauseReason": "disk is full",
                    "assignedLabels": [["name": "agent-1"], ["name": "linux"]], "executors": [], "oneOffExecutors": [],
                ],
            ],
        ]
    }

    private func readQueue(_ state: inout JenkinsState) -> TestJenkins.Answer {
        if parts.dropFirst().first == "item" {
            guard parts.count > 2, let id = Int(parts[2]) else { return Self.missing }
            state.look(atItem: id)
            guard let item = state.items.first(where: { $0.id == id }) else { return Self.missing }
            return json(state.json(item, root: root), parts.dropFirst(3))
        }
        let waiting = state.items.filter { $0.build == nil && !$0.isCancelled }.map { state.json($0, root: root) }
        return json(
            ["_class": "hudson.model.Queue", "items": .array(waiting), "discoverableItems": []], parts.dropFirst())
    }

    private func read(_ name: String, _ rest: [String], _ state: inout JenkinsState) -> TestJenkins.Answer {
        guard let job = state.jobs[name] else {
            return state.folders[name] == nil ? Self.missing : json(state.folder(name, root: root), rest)
        }
        guard let first = rest.first else { return .page(200, name) }
        if first == "api" {
            for item in state.items where item.job == name { state.look(atItem: item.id) }
            return json(state.job(name, root: root), rest)
        }
        if first == "config.xml" {
            return TestJenkins.Answer(200, "<flow-definition/>", headers: ["content-type": "application/xml"])
        }
        guard let number = state.number(first, of: job) else { return Self.missing }
        state.look(atBuild: number, of: name)
        guard let build = state.build(number, of: name) else { return Self.missing }
        return read(build, of: name, rest.dropFirst(), state)
    }

    private func read(
        _ build: JenkinsState.Build, of name: String, _ rest: ArraySlice<String>, _ state: JenkinsState
    ) -> TestJenkins.Answer {
        switch rest.first {
        case nil: return .page(200, build.displayName)
        case "api": return json(state.json(build, of: name, root: root), rest)
        case "consoleText":
            return TestJenkins.Answer(
                200, String(decoding: build.log, as: UTF8.self), headers: ["content-type": "text/plain;charset=utf-8"])
        case "logText": return log(build)
        case "testReport": return build.tests.map { json($0, rest.dropFirst()) } ?? Self.missing
        case "artifact":
            guard let bytes = build.artifacts[rest.dropFirst().joined(separator: "/")] else { return Self.missing }
            var answer = TestJenkins.Answer(200, headers: ["content-type": "application/octet-stream"])
            answer.body = bytes
            return answer
        case "wfapi": return pipeline(build, of: name, Array(rest.dropFirst()), state)
        case "execution": return step(build, Array(rest.dropFirst()), state.jobs[name]?.stages ?? [])
        default: return Self.missing
        }
    }

    private func log(_ build: JenkinsState.Build) -> TestJenkins.Answer {
        var start = Int(parameter("start") ?? "0") ?? 0
        if start > build.log.count || start < 0 { start = 0 }
        var answer = TestJenkins.Answer(
            200, headers: ["content-type": "text/plain;charset=utf-8", "x-text-size": String(build.log.count)])
        if build.result == nil { answer.headers["x-more-data"] = "true" }
        answer.body = Array(build.log[start...])
        return answer
    }

    private func pipeline(
        _ build: JenkinsState.Build, of name: String, _ rest: [String], _ state: JenkinsState
    ) -> TestJenkins.Answer {
        guard state.jobs[name]?.type.hasSuffix("WorkflowJob") == true else { return Self.missing }
        switch rest.first {
        case "describe", nil:
            let status =
                !build.inputs.isEmpty
                ? "PAUSED_PENDING_INPUT" : build.result.map { $0 == "FAILURE" ? "FAILED" : $0 } ?? "IN_PROGRESS"
            return TestJenkins.Answer(
                200,
                json: [
                    "id": .string(String(build.number)), "name": .string(build.displayName), "status": .string(status),
                    "startTimeMillis": JSONValue(JenkinsState.time), "durationMillis": 61_000,
                    "stages": .array(state.jobs[name]?.stages ?? []),
                ])
        case "pendingInputActions": return TestJenkins.Answer(200, json: .array(build.inputs))
        default: return Self.missing
        }
    }

    /// `node/12/wfapi/describe`
    private func step(_ build: JenkinsState.Build, _ rest: [String], _ stages: [JSONValue]) -> TestJenkins.Answer {
        guard rest.count == 4, rest[0] == "node", rest[2] == "wfapi" else { return Self.missing }
        let nodes = stages + stages.flatMap { $0["stageFlowNodes"]?.array ?? [] }
        guard let node = nodes.first(where: { $0["id"]?.string == rest[1] }) else { return Self.missing }
        if rest[3] == "describe" { return TestJenkins.Answer(200, json: node) }
        let text = node["text"]?.string ?? ""
        return TestJenkins.Answer(
            200,
            json: [
                "nodeId": .string(rest[1]), "nodeStatus": node["status"] ?? "SUCCESS",
                "length": JSONValue(text.utf8.count),
                "hasMore": false, "text": .string(text), "consoleUrl": .string("/execution/node/\(rest[1])/log"),
            ])
    }
}
