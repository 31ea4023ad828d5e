import KubeModel

/// What becomes of records as releases change, by the rules of Helm v4.2.3.
extension ReleaseRecord {
    /// A new revision with this content, as Helm begins it.
    ///
    /// - Parameters:
    ///   - revision: the number of the new one.
    ///   - firstDeployed: of the release, as its newest revision has it; nil for the time.
    package func begun(
        as status: ReleaseStatus, revision: Int, firstDeployed: String?, at time: KubeTime, description: String
    ) -> ReleaseRecord {
        var record = self
        record.json["version"] = JSONValue(revision)
        record.json["info"] = .compact([
            "first_deployed": .string(firstDeployed ?? time.microTime), "last_deployed": .string(time.microTime),
            "description": .string(description), "status": .string(status.rawValue), "notes": json["info", "notes"],
        ])
        return record
    }

    /// - Parameter description: nil to leave it as it is.
    package func with(_ status: ReleaseStatus, description: String? = nil) -> ReleaseRecord {
        var record = self
        record.json[path: ["info", "status"]] = .string(status.rawValue)
        if let description { record.json[path: ["info", "description"]] = .string(description) }
        return record
    }

    /// As `helm uninstall` marks it, with the time.
    package func deleted(at time: KubeTime) -> ReleaseRecord {
        var record = self
        record.json[path: ["info", "deleted"]] = .string(time.microTime)
        return record
    }

    /// With how hooks ran.
    ///
    /// - Parameter hooks: positions in ``ReleaseRecord/hooks``.
    package func withRun(of hooks: [Int], phase: String, at time: KubeTime) -> ReleaseRecord {
        var record = self
        var all = self.hooks
        for position in hooks where all.indices.contains(position) {
            let start = all[position]["last_run", "started_at"]?.string
            all[position]["last_run"] = [
                "started_at": .string(phase == "Running" ? time.microTime : start ?? time.microTime),
                "completed_at": .string(phase == "Running" ? "" : time.microTime), "phase": .string(phase),
            ]
        }
        record.json["hooks"] = .array(all)
        return record
    }
}
