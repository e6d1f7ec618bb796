// In Elasticsearch's own package, as what builds a node of given plugins is not public.
package org.elasticsearch.node;

import java.nio.file.Path;
import java.util.List;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.plugins.MockPluginsService;
import org.elasticsearch.plugins.PluginsLoader;
import org.elasticsearch.plugins.PluginsService;
import org.elasticsearch.transport.netty4.Netty4Plugin;

/** One Elasticsearch node on the class path: home folder, HTTP port, transport port. */
public final class SpindriftNode extends Node {
    private SpindriftNode(Environment environment) {
        super(NodeConstruction.prepareConstruction(environment, null, new NodeServiceProvider() {
            @Override
            PluginsService newPluginService(Environment of, PluginsLoader loader) {
                return new MockPluginsService(of.settings(), of, List.of(Netty4Plugin.class));
            }
        }, false));
    }

    public static void main(String[] arguments) throws Exception {
        String home = arguments[0];
        LogConfigurator.configureESLogging();
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("cluster.name", "spindrift")
            .put("node.name", "spindrift")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", arguments[2])
            .put("discovery.type", "single-node")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        SpindriftNode node = new SpindriftNode(new Environment(settings, Path.of(home, "config")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception error) {
                error.printStackTrace();
            }
        }));
        node.start();
        Thread.currentThread().join();
    }
}
