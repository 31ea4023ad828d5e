import KubeClient
import KubeModel

extension WriteProposal {
    /// Notes which pods there are before the write: of those that go, a warning says nothing against it. It is kept with
    /// the post-conditions, so that whoever verifies the write knows it, too.
    ///
    /// - Parameter preview: of this proposal. What was read for it isn't read again.
    package func noting(podsIn preview: Preview, api: ReadOnlyAPI) async throws -> WriteProposal {
        var proposal = self
        var room = Listed.limit
        for (position, condition) in postConditions.enumerated() {
            guard case .noWarnings(let subject, nil) = condition else { continue }
            // Of a workload with more pods none are noted.
            let pods = try await pods(of: subject, in: preview, api: api).flatMap { $0.count <= room ? $0 : nil }
            room -= pods?.count ?? 0
            proposal.postConditions[position] = .noWarnings(subject, knownPods: pods?.map(\.uid).sorted())
        }
        return proposal
    }

    /// Whether the pods of a write's target are to be noted.
    func notesPods(of target: PlannedRequest.Target) -> Bool {
        postConditions.contains { condition in
            guard case .noWarnings(let subject, nil) = condition else { return false }
            return Self.isAbout(target, subject: subject)
        }
    }

    private static func isAbout(_ target: PlannedRequest.Target, subject: PostCondition.Subject) -> Bool {
        target.resource == subject.resource && target.namespace == subject.namespace && target.name == subject.name
    }

    /// - Returns: nil where they can't be told.
    private func pods(
        of subject: PostCondition.Subject, in preview: Preview, api: ReadOnlyAPI
    ) async throws -> [KubeObject]? {
        let position = writes.firstIndex { $0.request != nil && Self.isAbout($0.target, subject: subject) }
        let planned = position.flatMap { writes[$0].request }
        guard let planned, let object = planned.before ?? planned.submitted else { return nil }
        if subject.resource.isSame(as: .pods) { return planned.before.map { [$0] } ?? [] }
        let listed =
            if let position, position < preview.surroundings.count, let around = preview.surroundings[position] {
                around.pods
            } else {
                try await Listed(pods: object, in: planned.target, api)
            }
        guard let listed, listed.obstacle == nil, !listed.hasMore else { return nil }
        return listed.items
    }
}

extension LabelSelector {
    /// What selects the pods of a workload; nil where nothing is known to.
    package init?(podsOf workload: KubeObject) {
        guard let selector = workload["spec", "selector"], selector.object?.isEmpty == false else { return nil }
        if workload.kind == "ReplicationController" {
            self.init(matching: KubeObject(["metadata": ["labels": selector]]).labels)
        } else {
            self.init(selector)
        }
    }
}
