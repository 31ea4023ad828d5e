import KubeModel
import TestWeb

extension Routed {
    mutating func write(_ state: inout JenkinsState) -> TestJenkins.Answer {
        if let place { return write(place.name, place.rest, &state) }
        guard parts == ["queue", "cancelItem"] else {
            // Reads may be posted, too, and clients do.
            return read(&state)
        }
        guard let id = parameter("id").flatMap({ Int($0) }), let at = state.items.firstIndex(where: { $0.id == id })
        else {
            return Self.missing
        }
        guard state.items[at].build == nil, !state.items[at].isCancelled else { return .page(422, "Not cancellable") }
        state.items[at].isCancelled = true
        return TestJenkins.Answer(204)
    }

    private func redirect(_ path: String) -> TestJenkins.Answer {
        TestJenkins.Answer(302, headers: ["location": root + path])
    }

    private func write(_ name: String, _ rest: [String], _ state: inout JenkinsState) -> TestJenkins.Answer {
        guard let job = state.jobs[name] else { return Self.missing }
        switch rest.first {
        case "build", "buildWithParameters": return enqueue(name, job, isWithParameters: rest[0] != "build", &state)
        case "enable", "disable":
            state.jobs[name]?.isDisabled = rest[0] == "disable"
            return redirect(JenkinsState.path(name))
        case "api", "config.xml": return read(&state)
        default: break
        }
        guard let first = rest.first, let number = state.number(first, of: job),
            let at = job.builds.firstIndex(where: { $0.number == number })
        else { return Self.missing }
        return write(Array(rest.dropFirst()), name, build: at, &state)
    }

    private func enqueue(
        _ name: String, _ job: JenkinsState.Job, isWithParameters: Bool, _ state: inout JenkinsState
    ) -> TestJenkins.Answer {
        guard !job.isDisabled else { return .page(409, "\(name) is not buildable") }
        if isWithParameters, job.parameters.isEmpty {
            var refusal = TestJenkins.Answer.page(400, "not parameterized")
            refusal.headers["x-error"] = "\(name) is not parameterized"
            return refusal
        }
        // Jenkins drops what isn't defined (SECURITY-170), and fills in what is missing.
        var values: [(name: String, value: String)] = []
        for definition in job.parameters {
            guard let parameter = definition["name"]?.string else { continue }
            let sent = isWithParameters ? self.parameter(parameter) : nil
            if let sent, let choices = definition["choices"]?.array, !choices.contains(.string(sent)) {
                return .page(400, "Illegal choice for parameter \(parameter)")
            }
            let usual = definition["defaultParameterValue", "value"]
            values.append((parameter, sent ?? usual?.string ?? usual?.bool.map(String.init) ?? ""))
        }
        let item = state.enqueue(name, values: values, causes: [JenkinsState.user(user)])
        return TestJenkins.Answer(item.isOld ? 303 : 201, headers: ["location": "\(root)queue/item/\(item.id)/"])
    }

    private func write(
        _ action: [String], _ name: String, build at: Int, _ state: inout JenkinsState
    ) -> TestJenkins.Answer {
        let number = state.jobs[name]?.builds[at].number ?? 0
        let page = "\(JenkinsState.path(name))\(number)/"
        switch action.first {
        case "stop", "term", "kill":
            if state.jobs[name]?.builds[at].result == nil { state.end(name, number, result: "ABORTED") }
        case "submitDescription": state.jobs[name]?.builds[at].description = parameter("description") ?? ""
        case "configSubmit":
            guard let json = parameter("json").flatMap({ try? JSONParser.parse($0) }),
                let title = json["displayName"]?.string, let description = json["description"]?.string
            else { return .page(400, "no form") }
            state.jobs[name]?.builds[at].displayName = title.isEmpty ? "#\(number)" : title
            state.jobs[name]?.builds[at].description = description
        case "input": return answerInput(Array(action.dropFirst()), name, build: at, &state)
        case "replay":
            guard action == ["replay", "rebuild"] else { return Self.missing }
            let cause: JSONValue = [
                "_class": "org.jenkinsci.plugins.workflow.cps.replay.ReplayCause",
                "shortDescription": .string("Replayed #\(number)"),
            ]
            _ = state.enqueue(
                name, values: state.jobs[name]?.builds[at].values ?? [], causes: [JenkinsState.user(user), cause])
            return redirect(JenkinsState.path(name))
        case "api": break
        default: return Self.missing
        }
        return redirect(page)
    }

    private func answerInput(
        _ action: [String], _ name: String, build at: Int, _ state: inout JenkinsState
    ) -> TestJenkins.Answer {
        guard action.count == 2, let build = state.jobs[name]?.builds[at],
            build.inputs.contains(where: { $0["id"]?.string == action[0] })
        else { return Self.missing }
        switch action[1] {
        case "proceedEmpty", "proceed":
            state.jobs[name]?.builds[at].inputs.removeAll { $0["id"]?.string == action[0] }
            return TestJenkins.Answer(200)
        case "abort":
            state.end(name, build.number, result: "ABORTED")
            return TestJenkins.Answer(200)
        default: return Self.missing
        }
    }
}
