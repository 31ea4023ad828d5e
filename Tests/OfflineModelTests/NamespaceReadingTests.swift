import Testing

@testable import OfflineModel

/// Where a change goes is what is said, whatever punctuation stands around it, and never somewhere else.
struct NamespaceReadingTests {
    private func understood(_ message: String) -> String {
        var reader = MessageReader()
        var result: [Utterance] = []
        for part in message.split(separator: "||") { result = reader.read(String(part)) }
        return result.map(\.summary).joined(separator: "; ")
    }

    @Test(arguments: [
        "in shop", "in shop, please", "in shop.", "in shop!", "in shop; thanks", "in shop…", "in shop - thanks",
        "in shop/", "in Shop", "in 'shop'", "in ‘shop’", "in “shop”", "in «shop»", "in \"shop\".", "in `shop`",
        "in **shop**", "in *shop*", "in (shop)", "in [shop]", "in <shop>", "in {shop}", "(in shop)", "in shop，please",
        "— in shop", "within shop", "inside shop", "inside of shop", "in the shop namespace",
        "in the \"shop\" namespace",
        "in the shop ns", "from the shop namespace", "of namespace shop", "for namespace shop", "to the shop namespace",
        "in namespace shop", "in the namespace shop.", "in the namespace called shop", "in namespace named 'shop'",
        "in namespace: shop", "in namespace = shop", "in namespace:shop", "in namespace/shop", "in ns shop",
        "in ns: shop", "in ns/shop", "(namespace shop)", "(namespace: shop)", "namespace: shop", ", namespace: shop",
        "namespace=shop", "namespace:shop", "ns=shop", "-n shop", "-n=shop", "-nshop", "-n 'shop'", "-n=\"shop\"",
        "--namespace shop", "--namespace=shop", "–n shop", "—namespace shop", ". In shop.", ". Namespace shop.",
        "\nns: shop", "\nNamespace: shop",
    ])
    func `a namespace is read whatever stands around it`(place: String) {
        #expect(understood("scale web to 3 \(place)") == "scale web in shop =3")
    }

    @Test(arguments: [
        "In shop: restart web", "In shop restart web", "in shop, restart web", "in namespace shop: restart web",
        "For namespace shop: restart web.", "Namespace: shop\nrestart web", "namespace shop\nrestart web",
        "use namespace shop and restart web", "switch to namespace shop and restart web", "-n shop restart web",
        "kubectl -n shop rollout restart web", "run `kubectl rollout restart web -n shop`",
        "We are in namespace shop. Please restart web.", "I am working in namespace shop; restart web",
        "restart shop/web",
        "restart web in shop because it is slow",
    ])
    func `a namespace is read wherever it stands`(message: String) {
        #expect(understood(message).split(separator: "; ").contains("restart web in shop"), "\(understood(message))")
    }

    private static let image = "registry.example.com:5000/team/app@sha256:0a1b"

    @Test(arguments: [
        "set the image of web in shop: main=IMAGE", "set the image of web in shop:main=IMAGE",
        "set image web main=IMAGE in shop", "set image web main=IMAGE, in shop", "set image on web -n shop: main=IMAGE",
        "set image on web in `shop`: `main=IMAGE`", "set image on web in `shop`:main=IMAGE",
        "set image on web (namespace shop): main=IMAGE",
        "set image on web in shop — main=IMAGE", "In shop: set image of web main=IMAGE",
        "update container main of web in shop to IMAGE", "set image of web main=IMAGE namespace=shop",
    ])
    func `an image with a port and a digest leaves the namespace alone`(message: String) {
        let text = message.replacing("IMAGE", with: Self.image)
        #expect(understood(text) == "setImage web in shop [main] \(Self.image)")
    }

    @Test(arguments: [
        ("set image deployment web main=nginx in shop", "setImage deployment/web in shop [main] nginx"),
        ("set image deployment/web main=nginx -n shop", "setImage deployment/web in shop [main] nginx"),
        (
            "set the image of web in shop to registry.example.com:5000/app",
            "setImage web in shop registry.example.com:5000/app"
        ),
        ("deploy reg.io:5000/app@sha256:ab to web in shop", "setImage web in shop reg.io:5000/app@sha256:ab"),
        ("scale web to 3 in the live namespace", "scale web in live =3"),
        ("scale web to 3 in live", "scale web in live =3"),
        ("scale web to 3 -n app", "scale web in app =3"), ("scale web to 3 -n events", "scale web in events =3"),
        ("scale web to 3 in namespace 2024", "scale web in 2024 =3"),
        ("restart web in default", "restart web in default"),
        ("restart web in production", "restart web in production"), ("restart web in this namespace", "restart web"),
        ("restart web in the current namespace", "restart web"), ("restart web in my namespace", "restart web"),
        ("restart web in total", "restart web"), ("restart web in one go", "restart web"),
        ("restart web in order to fix it", "restart web"), ("delete pod web-0 from shop", "delete pod/web-0 in shop"),
        ("remove pod web-0 from the shop namespace", "delete pod/web-0 in shop"),
        ("remove 2 replicas from web in shop", "scale web in shop -2"),
        ("delete namespace shop", "delete namespace/shop"),
        ("describe namespace shop", "describe namespace/shop"), ("list all namespaces", "list namespaces"),
        ("restart web in shop, then cart, then api", "restart web in shop; restart cart in shop; restart api in shop"),
        ("restart web in shop; list pods", "restart web in shop; list pods in shop"),
        ("in shop, scale web to 3 and cart to 2", "scale web in shop =3; scale cart in shop =2"),
        ("list pods in shop and services in blog", "list pods in shop; list services in blog"),
        ("list pods in shop and in blog", "list pods in shop; list pods in blog"),
        ("list nodes and pods in shop", "list nodes; list pods in shop"),
        ("show events from shop", "list events in shop"),
        ("show me web's logs from shop", "logs web in shop"),
        ("scale web to 3 in shop||now to 5", "scale web in shop =5"),
        ("restart web in shop||and cart", "restart cart in shop"),
    ])
    func `names, phrases and enumerations`(message: String, expected: String) {
        #expect(understood(message) == expected)
    }

    @Test(arguments: [
        ("restart web in $NS", "which namespace $NS"),
        ("set image of web in shop→main=reg.io:5000/a:1", "which namespace shop→main=reg.io:5000/a:1"),
        ("restart web in shop_prod", "which namespace shop_prod"),
        ("restart web in #shop", "which namespace #shop"), ("restart web @shop", "which namespace @shop"),
        ("restart web in team-a.prod", "which namespace team-a.prod"), ("restart web in namespace", "which namespace "),
        ("restart web in namespace 'my shop'", "which namespace my shop"), ("restart web -n", "which namespace "),
        ("restart web -n $NS", "which namespace $ns"), ("restart web --namespace=", "which namespace "),
        ("restart web in namespace please", "which namespace "),
        ("list pods in namespace Shop_1", "which namespace shop_1"),
        ("restart web in another namespace", "which namespace another"),
        ("restart web in the other namespace", "which namespace other"),
        ("scale web to 3 in all namespaces", "which namespace "),
        ("scale web to 3 in both namespaces", "which namespace "),
        ("scale web in shop in blog to 3", "several namespaces shop, blog"),
        ("scale web in shop to 3 -n blog", "several namespaces blog, shop"),
        ("scale shop/web to 3 in blog", "several namespaces blog, shop"),
        ("scale web in shop to 3 and restart cart in blog", "several namespaces shop, blog"),
        ("restart web in shop, then cart in blog", "several namespaces shop, blog"),
        ("restart web in namespaces shop and blog", "several namespaces shop"),
        ("restart web in 5 minutes", "unclear condition(OfflineModel.Command.Verb.restart)"),
        ("restart web in 10m", "unclear condition(OfflineModel.Command.Verb.restart)"),
        ("restart web in shop in an hour", "unclear condition(OfflineModel.Command.Verb.restart)"),
        ("restart web in shop?", "advice restart web"),
        ("restart web in shop/cart", #"unclear severalNames(["cart", "web"])"#),
    ])
    func `what can't be read is asked about, and never taken for the default`(message: String, expected: String) {
        #expect(understood(message) == expected)
    }

    @Test(arguments: [
        "staging: restart web", "Staging: please restart web", "On staging, restart web", "For staging: restart web",
        "restart web, staging namespace", "restart web, the staging namespace", "the staging namespace: restart web",
        "In the staging namespace: restart web", "staging namespace: restart web",
        "list the pods in staging || restart web", "why is web failing in staging? || restart it",
        "why is web failing in staging? || restart web", "should I restart web in staging? || yes, restart it",
        "why is web failing in staging? || should I restart web? || restart it",
        "list pods in staging || thanks || restart web", "list pods || list pods in staging || restart web",
    ])
    func `a change goes where its own or an earlier message says`(message: String) {
        #expect(understood(message).split(separator: "; ").contains("restart web in staging"), "\(understood(message))")
    }

    @Test(arguments: [
        ("list pods in staging || restart web in shop", "restart web in shop"),
        ("list pods in staging || restart web in this namespace", "restart web"),
        ("list pods in staging || list services", "list services"),
        ("list pods in staging || describe web || restart it", "restart web"),
        ("list pods in staging || describe web || restart web", "restart web"),
        ("list pods in staging || list pods || restart web", "restart web"),
        ("list pods in staging || delete namespace shop", "delete namespace/shop"),
        ("list pods in staging and in shop || restart web", "several namespaces staging, shop"),
        ("list pods in staging and shop || restart web", "several namespaces staging, shop"),
        ("scale web and cart to 3 in shop", "scale web in shop =3; scale cart in shop =3"),
        ("set the image of web and cart to nginx:1.28", "setImage web nginx:1.28; setImage cart nginx:1.28"),
        ("kubectl get events -n shop --field-selector type=Warning", "list events in shop -f type=Warning"),
        ("kubectl get events --field-selector=type=Warning -n shop", "list events in shop -f type=Warning"),
        ("list the events with reason=BackOff in shop", "list events in shop -f reason=BackOff"),
        ("list pods with status.phase=Failed", "list pods -f status.phase=Failed"),
        ("events with type Warning in shop", "list events in shop warnings"),
        ("list pods with app=web", "list pods -l app=web"), ("are there jobs anywhere?", "list jobs everywhere"),
        ("which pods have restarted?", "list pods restarted"), ("pods by restarts", "list pods by restarts"),
        ("are there any gateways in shop?", "list gateways in shop"),
        ("use namespace staging || list pods", "list pods in staging"),
        ("use namespace staging || list pods || restart web", "restart web in staging"),
        ("restart web in both shop and staging", "several namespaces shop"),
    ])
    func `an earlier place holds for changes only, until another is named`(message: String, expected: String) {
        #expect(understood(message) == expected)
    }

    @Test(arguments: [
        "restart anything but web", "restart everything but web", "restart all but web", "restart nothing but web",
        "delete everything except web", "restart everything apart from web", "restart everything other than web",
        "restart everything besides web", "restart all excluding web", "restart every deployment but web",
        "restart all deployments but web",
    ])
    func `who is left out is not changed`(message: String) {
        #expect(!understood(message).contains("restart web"))
    }

    @Test(arguments: [
        ("list the events in namespace shop", "list events in shop"), ("Show the events", "list events"),
        ("List all events", "list events"), ("Are there any events in namespace shop?", "list events in shop"),
        ("what events happened in shop", "list events in shop"), ("describe events in shop", "list events in shop"),
        ("show warnings in shop", "list events in shop warnings"), ("any warnings?", "list events warnings"),
        ("show events for pod web-0", "list events/web-0"), ("which pods use the most memory", "unclear usage"),
        ("why is memory high", "unclear usage"), ("list pods with high cpu", "unclear usage"),
        ("show me the top pods", "unclear usage"), ("kubectl top pods", "unclear usage"),
        ("how much cpu does web use", "unclear usage"), ("increase the memory of web to 512Mi", "unclear resources"),
        ("set memory limit of web to 1Gi in shop", "unclear resources"),
        ("restart memory in blog", "restart memory in blog"),
        ("list deployment memory", "list deployment/memory"), ("why is memory crashing", "diagnose memory"),
        ("how is the cluster", "diagnose everywhere"),
        ("how is production", "diagnose production"), ("pods by restarts", "list pods by restarts"),
        ("which pod restarted the most", "list pods by restarts"), ("list pods sorted by age", "list pods"),
        ("show logs of the failing pod", "logs pod unhealthy"), ("list pods older than 5 days", "list pods"),
        ("scale it down a bit", "unclear whichObject(OfflineModel.Command.Verb.scale, kind: nil)"),
        ("scale web up a bit", #"unclear howMany(name: Optional("web"))"#),
        ("restart the thing", "unclear whichObject(OfflineModel.Command.Verb.restart, kind: nil)"),
        ("restart my app", "unclear whichObject(OfflineModel.Command.Verb.restart, kind: nil)"),
        ("delete everything", "unclear everything(OfflineModel.Command.Verb.delete)"),
        ("scale everything down", "unclear everything(OfflineModel.Command.Verb.scale)"),
        ("restart everything in shop", "unclear everything(OfflineModel.Command.Verb.restart)"),
    ])
    func `words are no objects`(message: String, expected: String) { #expect(understood(message) == expected) }

    @Test(arguments: [
        ("apply this in shop:\nMANIFEST", "apply in shop manifest"),
        ("apply this:\n```\nMANIFEST\n```\nin namespace shop, please", "apply in shop manifest"),
        ("apply this in $NS:\nMANIFEST", "which namespace $NS"),
        ("apply this in blog:\nMANIFEST\n  namespace: shop", "several namespaces blog, shop"),
        ("apply this in shop:\nMANIFEST\n  namespace: shop", "apply in shop manifest"),
        ("apply this:\n```\nMANIFEST\n```\nbut not now", "unclear notUnderstood"),
    ])
    func `a manifest goes where it is said to go`(message: String, expected: String) {
        let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a"
        let all = understood(message.replacing("MANIFEST", with: manifest))
        #expect(all == expected || expected == "unclear notUnderstood" && !all.contains("apply"), "\(all)")
    }
}
