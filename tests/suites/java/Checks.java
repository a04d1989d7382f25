import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a suite of Java does: a server, and a file below the home, where Maven and Gradle have their locks. */
public class Checks {
    public static void main(String[] args) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write("page".getBytes());
            exchange.close();
        });
        server.start();
        URI page = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
        String text = HttpClient.newHttpClient().send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
        server.stop(0);
        if (text.equals("page")) System.out.println("ok: a server");

        Path file = Path.of(System.getProperty("user.home"), ".m2/repository/suite-of-java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "word");
        if (Files.readString(file).equals("word")) System.out.println("ok: a file in the home");
    }
}
