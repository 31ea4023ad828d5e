import SkyfloAPI

/// Asking: first the namespace, then what may be chosen in it.
struct NewConversationPage {
    let frame: Frame
    let namespaces: [String]
    let namespace: String?
    /// nil while no namespace is chosen.
    let choices: Person.Choices?
    /// What was sent and refused.
    let sent: Question?
    let problem: String?
    /// Of the new conversation: a form that is sent twice makes one.
    let key: String

    var html: HTML {
        frame.page(title: "New conversation", heading: HTML(.h1, .class("grow")) { "New conversation" }) {
            HTML(.div, .class("page")) {
                if let problem {
                    HTML(.p, .class("note bad bar"), .set(.role, to: "alert")) {
                        HTML.icon(.warn)
                        HTML(.span) { "Nothing was asked: \(problem)" }
                    }
                }
                namespaceForm
                if let namespace, let choices {
                    if choices.mayCreate { askForm(in: namespace, choices) } else { refusal(in: namespace) }
                }
            }
        }
    }

    private var namespaceForm: HTML {
        HTML(.form, .action(Route.new.link), .class("bar row wrap")) {
            HTML(.div, .class("field grow")) {
                HTML(.label, .set(.forElement, to: "namespace")) { "Namespace" }
                HTML(
                    .input, .class("input"), .id("namespace"), .set(.name, to: "namespace"), .set(.list, to: "known"),
                    .set(.value, to: namespace ?? ""), .flag(.required), .flag(.autofocus, if: namespace == nil),
                    .set(.autocomplete, to: "off"))
                HTML.choices(namespaces, id: "known")
            }
            HTML(.button, .class("btn")) { namespace == nil ? "Choose" : "Change" }
        }
    }

    private func refusal(in namespace: String) -> HTML {
        HTML(.p, .class("note bad")) {
            HTML.icon(.warn)
            HTML(.span) {
                "You may not create conversations in \(namespace): it takes the role skyflo-requester or edit."
            }
        }
    }

    private func askForm(in namespace: String, _ choices: Person.Choices) -> HTML {
        frame.form(.new, class: "stack") {
            HTML.field("namespace", value: namespace)
            HTML.field("key", value: key)
            HTML(.div, .class("card pad stack")) {
                HTML(.div, .class("field")) {
                    HTML(.label, .set(.forElement, to: "message")) { "What should be looked at or done?" }
                    HTML(
                        .textarea, .class("input"), .id("message"), .set(.name, to: "message"), .set(.rows, to: "4"),
                        .set(.maxlength, to: "8192"), .aria("describedby", is: "message-hint"), .flag(.required),
                        .flag(.autofocus)
                    ) { sent?.message ?? "" }
                    HTML(.p, .class("hint"), .id("message-hint")) {
                        "Reading starts at once. Every change stops and waits for an approval, with its exact requests and a diff."
                    }
                }
            }
            HTML(.div, .class("duo")) {
                account(choices)
                if !choices.models.isEmpty { model(choices.models) }
                mode
            }
            HTML(.p, .class("row wrap")) {
                HTML(.button, .class("btn main-act")) { "Ask in \(namespace)" }
                HTML(.span, .class("meta")) {
                    "Creates a Conversation as "
                    HTML(.code) { frame.user }
                    "."
                }
            }
        }
    }

    private func account(_ choices: Person.Choices) -> HTML {
        HTML(.div, .class("field")) {
            HTML(.label, .set(.forElement, to: "account")) { "Runs as" }
            HTML(
                .input, .class("input"), .id("account"), .set(.name, to: "account"), .set(.list, to: "accounts"),
                .set(.value, to: sent?.serviceAccount ?? "default"), .aria("describedby", is: "account-hint"),
                .set(.autocomplete, to: "off"))
            HTML.choices(choices.serviceAccounts ?? [], id: "accounts")
            HTML(.p, .class("hint"), .id("account-hint")) {
                "A ServiceAccount of the namespace. Its rights are all that the tools have."
            }
        }
    }

    private func model(_ models: [String]) -> HTML {
        HTML(.div, .class("field")) {
            HTML(.label, .set(.forElement, to: "model")) { "Model" }
            HTML(.select, .class("input"), .id("model"), .set(.name, to: "model")) {
                for model in models {
                    HTML(.option, .set(.value, to: model), .flag(.selected, if: model == sent?.model)) { model }
                }
            }
        }
    }

    private static let modes: [(ConversationSpec.ApprovalMode, String)] = [
        (.writes, "every change"), (.always, "every change and every read"), (.readOnly, "nothing: refuse changes"),
    ]

    private var mode: HTML {
        HTML(.div, .class("field")) {
            HTML(.label, .set(.forElement, to: "mode")) { "Ask before" }
            HTML(.select, .class("input"), .id("mode"), .set(.name, to: "mode")) {
                for (mode, title) in Self.modes {
                    HTML(.option, .set(.value, to: mode.rawValue), .flag(.selected, if: mode == sent?.mode)) { title }
                }
            }
        }
    }
}
