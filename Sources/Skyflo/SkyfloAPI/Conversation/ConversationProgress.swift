import KubeModel

/// How far the operator had come with a conversation, kept in an annotation of it.
///
/// `status` says the same and more, but backups and exports leave it out when they create the object again. Without this a
/// conversation that comes back would carry out its old messages a second time.
package struct ConversationProgress: Sendable, Hashable {
    package static let annotation = "skyflo.ai/progress"

    /// Of the object that it was written for. One that was restored or copied has another.
    package var uid: String
    /// How many messages were taken up.
    package var turn: Int
    /// How many entries of `spec.undo` were taken up.
    package var undosTaken: Int

    package init(uid: String, turn: Int, undosTaken: Int) {
        self.uid = uid
        self.turn = turn
        self.undosTaken = undosTaken
    }

    /// nil for what this version doesn't understand.
    package init?(annotation text: String) {
        guard let json = try? JSONParser.parse(text) else { return nil }
        self.init(json: json)
    }

    /// The annotation's value.
    package var text: String { JSONWriter.string(json) }
}

extension ConversationProgress: JSONRecord {
    package init() { self.init(uid: "", turn: 0, undosTaken: 0) }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&uid, as: "uid")
        members.require(&turn, as: "turn")
        members.code(&undosTaken, as: "undosTaken")
    }
}

extension Conversation {
    /// The annotation as it is; nil where there is none.
    package var progressAnnotation: String? { object.annotations[ConversationProgress.annotation] }

    /// What to tell of a conversation whose status isn't its own; nil where it is, or where nothing was ever done.
    ///
    /// The first status write of a turn comes before the annotation, so an annotation without a status, also one that can't
    /// be read, means that the object was restored or copied, or that its status was removed.
    package var restoration: String? {
        guard let origin else { return nil }
        return
            "this conversation was restored or copied: \(origin). None of its messages is carried out again; add a message "
            + "to continue. To have all of them carried out, create it without the annotation "
            + ConversationProgress.annotation
    }

    private var origin: String? {
        guard status.turn == 0 else {
            guard let owner = status.uid, owner != uid else { return nil }
            return "its status is that of the conversation with the uid \(owner.prefix(36))"
        }
        guard let progressAnnotation else { return nil }
        guard let progress = ConversationProgress(annotation: progressAnnotation) else {
            return "its status is missing, and its annotation \(ConversationProgress.annotation) cannot be read"
        }
        let before = "\(progress.turn) of its messages \(progress.turn == 1 ? "was" : "were") taken up before"
        return progress.uid == uid
            ? "\(before), and its status is missing"
            : "\(before), when it had the uid \(progress.uid.prefix(36)), and its status is missing"
    }
}
