import ConversationAccess
import Hummingbird
import KubeModel
import SkyfloAPI

/// What a form does: asked of the API server with the person's own rights, like everything else.
extension WebFront {
    private static let messageLimit = 8192
    private static let reasonLimit = 1024

    func ask(_ form: [String: String], in visit: Visit) async throws -> WebResponse {
        let namespace = try ConversationFilter.namespace(form["namespace"] ?? "")
        let name = form["key"] ?? ""
        guard name.hasPrefix("ask-"), name.utf8.count <= 63,
            case .conversation? = Route(path: "/conversations/x/\(name)")
        else { throw BadInput("the form has no key; reload the page") }
        guard let mode = ConversationSpec.ApprovalMode(rawValue: form["mode"] ?? "Writes") else {
            throw BadInput("there is no mode \"\(form["mode"] ?? "")\"")
        }
        let account = (form["account"] ?? "").isEmpty ? "default" : form["account"] ?? ""
        let question = Question(
            message: try Self.message(form), namespace: namespace, serviceAccount: account,
            model: form["model"].flatMap { $0.isEmpty ? nil : $0 }, mode: mode)
        do {
            let conversation = try await visit.session.person.ask(question, name: name)
            visit.session.remember(namespace: namespace)
            return WebResponse(seeOther: Route.conversation(conversation.key).link)
        } catch let status as APIStatus where [400, 403, 404, 409, 422].contains(status.code) {
            // What was written isn't lost.
            return try await newConversation(in: visit, sent: question, problem: "\(status)")
        }
    }

    func change(
        _ key: ObjectKey, part: Route.Part, form: [String: String], in visit: Visit
    ) async throws -> WebResponse {
        let client = visit.session.person.conversations(in: key.namespace ?? "")
        switch part {
        case .events: return problem(visit.web, status: .notFound, title: "There is nothing here")
        case .messages: return try await send(form, to: key, by: client, in: visit)
        case .decisions: return try await decide(form, on: key, by: client, in: visit)
        case .stop:
            _ = try await client.setStop(true, of: key.name)
            visit.session.leave(Note(kind: .done, text: "Stopped: nothing that was approved runs from now on."))
        case .resume:
            _ = try await client.setStop(false, of: key.name)
            visit.session.leave(Note(kind: .done, text: "Resumed: its next message will be taken up."))
        case .undo:
            let change = form["change"] ?? ""
            guard try await client.get(key.name).status.changes.contains(where: { $0.id == change }) else {
                throw BadInput("there is no change \"\(change)\"")
            }
            _ = try await client.undo([change], of: key.name)
            visit.session.leave(Note(kind: .done, text: "Undo requested: its preview comes up for approval first."))
        }
        return WebResponse(seeOther: Route.conversation(key).link)
    }

    private func send(
        _ form: [String: String], to key: ObjectKey, by client: ConversationClient, in visit: Visit
    ) async throws -> WebResponse {
        let message = try Self.message(form)
        guard let id = form["key"], let moment = KubeTime(id), id == moment.microTime else {
            throw BadInput("the form has no key; reload the page")
        }
        guard try await !client.get(key.name).spec.stop else {
            return try await conversation(
                key, in: visit, status: 409,
                note: Note(kind: .refused, text: "The conversation is stopped; nothing was sent. Resume it first."),
                draft: message)
        }
        do {
            // One form is one message, however often it is sent: its key is the message's id.
            _ = try await client.addFollowUp(message, id: id, to: key.name)
        } catch let status as APIStatus where [403, 409, 422].contains(status.code) {
            return try await conversation(
                key, in: visit, status: status.code, note: Note(kind: .refused, text: "Nothing was sent: \(status)"),
                draft: message)
        }
        return WebResponse(seeOther: Route.conversation(key).link(fragment: "end"))
    }

    /// Decides on exactly what the page showed: the form has its digest.
    private func decide(
        _ form: [String: String], on key: ObjectKey, by client: ConversationClient, in visit: Visit
    ) async throws -> WebResponse {
        guard let decision = form["decision"].flatMap(Approval.Decision.init), let id = form["call"],
            let digest = form["digest"], let uid = form["uid"]
        else { throw BadInput("a decision names the call, its digest, the conversation's uid, and Approved or Denied") }
        let reason = form["reason"].flatMap { $0.isEmpty ? nil : $0 }
        guard (reason?.unicodeScalars.count ?? 0) <= Self.reasonLimit else {
            throw BadInput("a reason has at most \(Self.reasonLimit) characters")
        }
        func refuse(_ text: String) async throws -> WebResponse {
            try await conversation(
                key, in: visit, status: 409, note: Note(kind: .refused, text: "Nothing was decided. " + text))
        }
        let now = try await client.get(key.name)
        let entry: PendingApproval
        do throws(PendingApproval.Refusal) {
            guard now.uid == uid else { throw .notPending }
            entry = try PendingApproval(id, shownAs: digest, for: decision, in: now)
        } catch {
            return try await refuse(Self.text(of: error, on: id))
        }
        do {
            _ = try await client.decide(decision, on: [entry], of: key.name, uid: uid, reason: reason)
        } catch let refusal as ConversationAccessError {
            return try await refuse("\(refusal).")
        } catch let status as APIStatus where status.isForbidden || status.isInvalid {
            return try await conversation(
                key, in: visit, status: status.code,
                note: Note(kind: .refused, text: "Nothing was decided: \(status)"))
        }
        visit.session.leave(Note(kind: .done, text: "\(id) \(decision.rawValue.lowercased())."))
        return WebResponse(seeOther: Route.conversation(key).link)
    }

    private static func text(of refusal: PendingApproval.Refusal, on id: String) -> String {
        switch refusal {
        case .notPending: "\(id) doesn't wait for a decision any more."
        case .moved: "\(id) changed while you looked. This is its new preview: look at it again."
        case .altered: "\(id) was changed after the operator wrote it: its requests don't match its digest."
        }
    }

    private static func message(_ form: [String: String]) throws(BadInput) -> String {
        let text = String((form["message"] ?? "").drop { $0.isNewline })
        guard text.contains(where: { !$0.isWhitespace }) else { throw BadInput("the message is empty") }
        guard text.unicodeScalars.count <= messageLimit else {
            throw BadInput("a message has at most \(messageLimit) characters")
        }
        return text
    }
}
