import KubeModel
import SkyfloAPI

/// A conversation: its turns, what waits in them, and where the next message is written.
struct ConversationPage {
    let frame: Frame
    let view: ConversationMarkup
    /// A message that was sent and refused.
    let draft: String?
    /// The id of the next message: a form that is sent twice is one.
    let messageKey: String

    private var route: Route { .conversation(view.conversation.key) }

    var html: HTML {
        frame.page(title: view.title, waiting: view.waiting, heading: heading) {
            HTML(.div, .class("conv"), .data("events", is: Route.part(.events, of: view.conversation.key).link.text)) {
                HTML(.div, .class("inspect")) {
                    HTML(.div, .class("stick")) {
                        view.placed(.plan)
                        view.placed(.facts)
                        view.placed(.changes)
                    }
                }
                HTML(.section, .class("flow"), .aria("label", is: "Conversation")) {
                    view.placed(.turns, class: "turns")
                    live
                    dock
                }
            }
        }
    }

    private var heading: HTML {
        HTML(joining: [
            HTML(.div, .class("grow")) {
                HTML(.p, .class("meta wide-only")) {
                    "\(view.conversation.namespace) / "
                    HTML(.span, .class("mono")) { view.conversation.object.name }
                }
                HTML(.h1, .class("cut"), .id("title")) { view.title }
            },
            view.placed(.state, in: .span),
        ])
    }

    /// Where scripts put what the model says while it says it, as text.
    private var live: HTML {
        HTML(.div, .class("turn live-turn"), .id("live"), .flag(.hidden)) {
            HTML(.details, .class("more"), .id("live-thinking"), .flag(.hidden)) {
                HTML(.summary) {
                    HTML.icon(.go, class: "i turnr")
                    "Thinking"
                }
                HTML(.div, .class("think"), .id("live-thought"))
            }
            HTML(.p, .class("prose plain"), .id("live-text"), .aria("live", is: "off"))
            HTML(.p, .class("meta"), .id("live-note"), .set(.role, to: "status"))
        }
    }

    private var dock: HTML {
        HTML(.div, .class("dock"), .id("end")) {
            HTML(.div, .class("box")) {
                view.placed(.dock)
                frame.form(.part(.messages, of: view.conversation.key), class: "say") {
                    HTML.field("key", value: messageKey)
                    HTML(.label, .class("vh"), .set(.forElement, to: "ask")) { "Message" }
                    HTML(
                        .textarea, .class("ask"), .id("ask"), .set(.name, to: "message"), .set(.rows, to: "1"),
                        .set(.maxlength, to: "8192"), .flag(.required),
                        .set(.placeholder, to: "Ask the next thing in \(view.conversation.namespace)")
                    ) { draft ?? "" }
                    HTML(.button, .class("btn small main-act")) { "Send" }
                }
            }
        }
    }
}
